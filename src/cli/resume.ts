import { createHash } from 'node:crypto'
import type { Credential } from '../auth/credential.ts'
import { UsageError } from '../errors.ts'
import { checkRequest, type ExtractRequest } from '../operations/extract.ts'
import { shapeText } from '../operations/shape-options.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import type { JsonMap } from '../output/request-difference.ts'
import type { OutputOptions } from './output-options.ts'

/** An output that a later run can go on with. */
export interface ResumePlan {
  /** Begins anew, whatever an earlier run has left. */
  readonly isRestart: boolean
  /** What is asked for and how it is written: two runs for which it is the same write the same bytes. */
  readonly request: (credential: Credential) => JsonMap
}

export interface ResumeOptions {
  readonly isRestart: boolean
  readonly output: OutputOptions
  /** Settings of the sandbox portal, if it is one for this run alone. */
  readonly sandbox: string | undefined
}

/**
 * Checks that an export can be gone on with.
 *
 * @throws UsageError for lists that are not walked by id: rows move from page to page there, and nothing shows that the
 * pages read by an earlier run are still what they were
 */
export function resumePlan(
  request: ExtractRequest,
  { isRestart, output, sandbox }: ResumeOptions,
): ResumePlan {
  const { query, select } = checkRequest(request)
  const { method, api, isRecognised } = query.method
  if (!isWalkedById(query.method)) {
    throw new UsageError(
      'resume-walk',
      `--resume needs a list that is walked by id, and ${method} is not: rows may move between two runs, and nothing would show it.`,
      'Leave --resume out; the export then begins anew.',
    )
  }
  const { format, isGzipped, style } = output
  return {
    isRestart,
    request: (credential) => ({
      ...(sandbox === undefined
        ? { portal: credential.host, webhook: fingerprint(credential.account ?? credential.identity) }
        : { portal: `sandbox ${sandbox}` }),
      method,
      ...(api === 'v3' ? { api } : {}),
      ...(isRecognised === true ? { list: shapeText(query.method) } : {}),
      parameters: query.params,
      'ids after': query.range.after ?? null,
      'ids up to': query.range.upTo ?? null,
      select: select ?? null,
      limit: request.limit ?? null,
      format,
      gzip: isGzipped,
      ...(format === 'csv' || format === 'tsv'
        ? { table: { ...style, flatten: style.flatten ?? null } }
        : {}),
    }),
  }
}

/** Tells webhooks apart, and says nothing about them. */
function fingerprint(identity: string): string {
  return createHash('sha256').update(`bx24 checkpoint ${identity}`).digest('hex').slice(0, 16)
}
