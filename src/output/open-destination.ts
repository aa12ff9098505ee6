import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import { headOf } from './appended-file.ts'
import { atomicFile, type FileMode, partialName } from './atomic-file.ts'
import type { Destination } from './destination.ts'
import { directFile, type Waiting } from './direct-file.ts'
import { fileTarget } from './file-target.ts'
import { gathered } from './gathered.ts'
import { standardOutput, type StandardOutput } from './standard-output.ts'

export interface OutputRequest {
  /** What `--output` says; `undefined` and `-` are standard output. */
  readonly file: string | undefined
  readonly cwd: string
  readonly stdout: StandardOutput
  /** Files that this run reads. */
  readonly inputs: readonly InputFile[]
  /** What becomes of a file that is there already. */
  readonly fileMode?: FileMode
  /** Whether a file is packed; standard output never is. */
  readonly isGzipped?: boolean
  /** Whether small writes to a file may wait for more: for rows that can be asked for again, should the run be lost. */
  readonly isGathered?: boolean
  /** For a FIFO that nobody reads yet. */
  readonly waiting: Waiting
}

export interface InputFile {
  readonly name: string
  readonly stats: Stats
}

/**
 * Opens what the rows will go to, before the first request: what cannot be written should cost nothing.
 *
 * @throws UsageError, OutputError
 */
export async function openDestination(request: OutputRequest): Promise<Destination> {
  const { file, cwd, stdout, inputs, fileMode = 'replace', isGzipped = false, isGathered = false } = request
  if (file === undefined || file === '-') return standardOutput(stdout)
  const target = await fileTarget(file, cwd)
  const { path, found } = target
  if (found !== undefined && fileMode === 'create') {
    throw new UsageError('output-exists', `--output ${file} is there already, and --no-clobber protects it.`)
  }
  if (found !== undefined && !found.isFile())
    return packed(await directFile(path, request.waiting), isGzipped)
  const partial = await stat(partialName(path)).catch(() => undefined)
  for (const input of inputs) {
    if (isSame(input.stats, found) || isSame(input.stats, partial)) {
      throw new UsageError('output-is-input', `--output ${file} is also read, as ${input.name}.`)
    }
  }
  const isAdded = fileMode === 'append' && found !== undefined
  const head = isAdded ? await headOf(path, isGzipped) : undefined
  const whole = await atomicFile(target, fileMode)
  return { ...(await packed(isGathered ? gathered(whole) : whole, isGzipped)), head }
}

async function packed(destination: Destination, isGzipped: boolean): Promise<Destination> {
  if (!isGzipped) return destination
  const { gzipped } = await import('./gzip.ts')
  return gzipped(destination)
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev
}
