import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import { headOf } from './appended-file.ts'
import { atomicFile } from './atomic-file.ts'
import type { Destination } from './destination.ts'
import { directFile, type Waiting } from './direct-file.ts'
import { type FileTarget, fileTarget } from './file-target.ts'
import { gathered } from './gathered.ts'
import { lockFile } from './lock-file.ts'
import { locked } from './locked.ts'
import type { ResumeRequest } from './open-resumable.ts'
import { type FileMode, partialName } from './partial-file.ts'
import { standardOutput, type StandardOutput } from './standard-output.ts'

export interface OutputRequest {
  /** What `--output` says; `undefined` and `-` are standard output. */
  readonly file: string | undefined
  readonly cwd: string
  /** That of this process, which holds the lock of the file. */
  readonly pid: number
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
  /** For a file that a later run can go on with, and which goes on with what an earlier one has left. */
  readonly resume?: ResumeRequest | undefined
}

export interface InputFile {
  readonly name: string
  readonly stats: Stats
}

/**
 * Opens what the rows will go to, before the first request: what cannot be written should cost nothing. A regular file
 * is this run's alone until the destination has ended.
 *
 * @throws UsageError, OutputError; LockedError if another run writes to the same file
 */
export async function openDestination(request: OutputRequest): Promise<Destination> {
  const { file, cwd, stdout, fileMode = 'replace', isGzipped = false } = request
  if (file === undefined || file === '-') return standardOutput(stdout)
  const target = await fileTarget(file, cwd)
  const { path, found } = target
  if (found !== undefined && fileMode === 'create') {
    throw new UsageError('output-exists', `--output ${file} is there already, and --no-clobber protects it.`)
  }
  if (found !== undefined && !found.isFile()) {
    if (request.resume === undefined) return packed(await directFile(path, request.waiting), isGzipped)
    throw new UsageError('resume-file', `--resume needs a regular file, and --output ${file} is none.`)
  }
  await refuseInputs(request.inputs, target, file)
  const lock = await lockFile(path, request.pid)
  try {
    return locked(await openFile(request, target), lock)
  } catch (error: unknown) {
    await lock.release()
    throw error
  }
}

async function openFile(request: OutputRequest, target: FileTarget): Promise<Destination> {
  const { fileMode = 'replace', isGzipped = false, isGathered = false, resume } = request
  if (resume !== undefined) {
    const { openResumable } = await import('./open-resumable.ts')
    return openResumable(target, fileMode, isGzipped, resume)
  }
  const isAdded = fileMode === 'append' && target.found !== undefined
  const head = isAdded ? await headOf(target.path, isGzipped) : undefined
  const whole = await atomicFile(target, fileMode)
  return { ...(await packed(isGathered ? gathered(whole) : whole, isGzipped)), head }
}

async function refuseInputs(
  inputs: readonly InputFile[],
  { path, found }: FileTarget,
  file: string,
): Promise<void> {
  const partial = await stat(partialName(path)).catch(() => undefined)
  for (const input of inputs) {
    if (isSame(input.stats, found) || isSame(input.stats, partial)) {
      throw new UsageError('output-is-input', `--output ${file} is also read, as ${input.name}.`)
    }
  }
}

async function packed(destination: Destination, isGzipped: boolean): Promise<Destination> {
  if (!isGzipped) return destination
  const { gzipped } = await import('./gzip.ts')
  return gzipped(destination)
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev
}
