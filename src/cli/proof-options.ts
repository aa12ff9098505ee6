import { text } from '../config/values.ts'
import { UsageError } from '../errors.ts'
import type { Option } from './options.ts'

/** Options that ask for more proof than the exit code. */
export const PROOF_OPTIONS = {
  verify: {
    description:
      'at the end compare with what the portal counts, which costs it a count, and name the rows that are missing',
    group: 'Where it goes',
    parse: text,
  },
  manifest: {
    placeholder: '<FILE>',
    description: 'at the end write what was got, and how its end was shown, as JSON to a file',
    group: 'Where it goes',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

export interface ProofWish {
  readonly isVerified: boolean
  /** A file, as it was named. */
  readonly manifest: string | undefined
}

/** @throws UsageError */
export function readProofWish(flags: Readonly<Record<string, unknown>>): ProofWish {
  const isVerified = flags['verify'] === true
  if (isVerified && flags['ids'] !== undefined) {
    throw new UsageError(
      'verify-ids',
      '--verify compares counts, and --ids names every row: those without one are told anyway.',
      'Leave --verify out.',
    )
  }
  if (isVerified && flags['resume'] === true) {
    throw new UsageError(
      'verify-resume',
      '--verify needs the ids of all rows, and a run that goes on with another one has only its own.',
      'Leave one of them out.',
    )
  }
  return { isVerified, manifest: flags['manifest'] as string | undefined }
}
