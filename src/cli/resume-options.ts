import { text } from '../config/values.ts'
import { UsageError } from '../errors.ts'
import type { Option } from './options.ts'
import type { OutputOptions } from './output-options.ts'

/** Options for an output that a later run can go on with. */
export const RESUME_OPTIONS = {
  resume: {
    description:
      'go on where an earlier run with the same options ended, or begin anew if none was ended early; needs --output FILE',
    group: 'Where it goes',
    parse: text,
  },
  restart: {
    description: 'with --resume: begin anew, whatever an earlier run has left',
    group: 'Where it goes',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

export interface ResumeFlags {
  readonly resume: boolean
  readonly restart: boolean
}

/** @throws UsageError for options that do not go with `--resume`, and for `--restart` without it */
export function refuseUnfitResume({
  resume,
  restart,
  output,
  ids,
}: ResumeFlags & { readonly output: OutputOptions; readonly ids: string | undefined }): void {
  if (restart && !resume) {
    throw new UsageError(
      'restart',
      '--restart begins anew what --resume would go on with, and there is no --resume.',
    )
  }
  if (!resume) return
  if (output.file === undefined || output.file === '-') {
    throw new UsageError(
      'needs-file',
      '--resume needs --output FILE.',
      'Rows on standard output are out already; --after-id begins behind the last of them.',
    )
  }
  if (output.fileMode === 'append') {
    throw new UsageError(
      'resume-append',
      '--append adds all rows or none, so there is nothing that --resume could go on with.',
      'Write to a file of its own with --resume, and add that when it is complete.',
    )
  }
  if (ids !== undefined) {
    throw new UsageError(
      'resume-walk',
      '--resume cannot go on with rows by --ids.',
      'Leave --resume out, or split the file of the ids.',
    )
  }
}
