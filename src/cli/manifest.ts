import { createHash, randomUUID } from 'node:crypto'
import { accessSync, constants, createReadStream, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EXIT, OutputError, UsageError } from '../errors.ts'
import { VERSION } from '../lib/version.ts'
import type { CheckedQuery } from '../operations/list-query.ts'
import type { ListAudit } from '../operations/list-audit.ts'
import type { Verification } from '../operations/verify.ts'
import { partialName } from '../output/partial-file.ts'
import { redact } from '../protocol/redact.ts'
import type { Params } from '../protocol/types.ts'
import type { Context } from './context.ts'
import { reportError } from './report-error.ts'

/** What is known of a run before it begins. */
export interface RunFacts {
  readonly method: string
  /** As the user gave them, checked. */
  readonly parameters: Params
  /** Ids behind `after`, up to and with `upTo`. */
  readonly range: CheckedQuery['query']['range']
  readonly limit: number | undefined
  readonly format: string
  /** What `--output` says; `undefined` and `-` are standard output. */
  readonly output: string | undefined
}

/** What is known when it has ended. */
export interface RunEnd {
  readonly audit: ListAudit
  readonly portal: { readonly host: string; readonly userId: string | undefined } | undefined
  readonly clock: { readonly first: string; readonly last: string } | undefined
  readonly verification: Verification | undefined
  readonly error: unknown
}

export interface Manifest {
  /** Writes it in one step. @throws OutputError */
  write(end: RunEnd): Promise<void>
}

/** Checks that a manifest can be written. @throws UsageError */
export function openManifest(name: string, facts: RunFacts, context: Context): Manifest {
  const path = resolve(context.cwd, name)
  const startedAt = context.now()
  const before = identityOf(facts.output, context.cwd)
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new Error('it is no regular file')
    accessSync(dirname(path), constants.W_OK | constants.X_OK)
  } catch (error: unknown) {
    throw new UsageError('manifest', `--manifest: ${name} cannot be written: ${reasonOf(error)}.`)
  }
  return {
    async write(end) {
      try {
        const output = await outputFacts(facts, before, end.error, context.cwd)
        const manifest = manifestOf(facts, end, { startedAt, finishedAt: context.now() })
        // Ends the line, so that manifests can be put behind each other.
        replaceFile(path, redact(`${JSON.stringify({ ...manifest, output }, null, 2)}\n`))
      } catch (error: unknown) {
        throw new OutputError(`--manifest: ${name} was not written (${reasonOf(error)}).`, undefined, error)
      }
    },
  }
}

/** By way of a file that nobody else has; what is in it may be about customers. */
function replaceFile(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}.new`
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true })
    renameSync(draft, path)
  } catch (error: unknown) {
    rmSync(draft, { force: true })
    throw error
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

function manifestOf(
  { method, parameters, range, limit, format }: RunFacts,
  { audit, portal, clock, verification, error }: RunEnd,
  { startedAt, finishedAt }: { readonly startedAt: number; readonly finishedAt: number },
): Record<string, unknown> {
  const report = error === undefined ? undefined : reportError(error, { debug: false })
  const exit = report?.exitCode ?? EXIT.ok
  return {
    type: 'manifest',
    version: 1,
    tool: { name: 'bx24', version: VERSION },
    portal: { host: portal?.host ?? null, actingUserId: portal?.userId ?? null },
    portalClock: clock === undefined ? null : { first: clock.first, last: clock.last },
    method,
    parameters: audit.query?.params ?? parameters,
    range: { after: range.after ?? null, upTo: range.upTo ?? null },
    limit: limit ?? null,
    format,
    started: new Date(startedAt).toISOString(),
    finished: new Date(finishedAt).toISOString(),
    exit,
    complete: exit === EXIT.ok,
    error: report?.facts === undefined ? null : { code: report.facts.code, message: report.facts.message },
    rows: audit.rows,
    firstId: audit.firstId ?? null,
    lastId: audit.lastId ?? null,
    end: audit.end ?? null,
    unreadable: audit.unreadable.map(({ id, error: { code, message } }) => ({ id, code, message })),
    verified: verification ?? null,
  }
}

/** The output as it lies on the disk now: the file itself, or the rows so far beside it. */
async function outputFacts(
  { output }: RunFacts,
  before: string | undefined,
  error: unknown,
  cwd: string,
): Promise<Record<string, unknown>> {
  const nothing = { file: null, isReplaced: false, bytes: null, sha256: null }
  if (output === undefined || output === '-') return nothing
  const now = identityOf(output, cwd)
  const isReplaced = error === undefined || (now !== undefined && now !== before)
  const file = isReplaced ? output : partialName(output)
  const path = resolve(cwd, file)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return nothing
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { file, isReplaced, bytes, sha256: hash.digest('hex') }
}

/** Tells whether there is another file by this name; a file that was replaced has another number. */
function identityOf(output: string | undefined, cwd: string): string | undefined {
  if (output === undefined || output === '-') return undefined
  const stats = statSync(resolve(cwd, output), { throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}:${stats.ctimeMs}`
}
