import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readCheckpoint } from './checkpoint-file.ts'
import type { Destination } from './destination.ts'
import type { FileTarget } from './file-target.ts'
import { checkpointName, type FileMode, guarded, newPartial, partialName } from './partial-file.ts'
import { differences, type JsonMap } from './request-difference.ts'
import { type OpenPartial, resumableFile } from './resumable-file.ts'
import { systemCode, writeFailure } from './write-failure.ts'

const READ_BYTES = 1 << 20

/** What an output that can be gone on with rests on. */
export interface ResumeRequest {
  /** What is asked for and how it is written, by names that people know. */
  readonly request: JsonMap
  /** Begins anew, whatever an earlier run has left. */
  readonly isRestart: boolean
  /** Unix ms. */
  readonly now: () => number
  /** Told why this begins anew although something was left. */
  readonly warn: (message: string) => void
}

/**
 * Opens `FILE.partial`, which an earlier run has left, behind the last byte that its checkpoint vouches for; a new one if
 * none was left, or if it is not what the checkpoint says: its rows cannot be relied upon, and those of the portal can.
 *
 * @throws UsageError if what was left is the answer to another request; OutputError
 */
export async function openResumable(
  target: FileTarget,
  fileMode: FileMode,
  isGzipped: boolean,
  { request, isRestart, now, warn }: ResumeRequest,
): Promise<Destination> {
  const left = isRestart ? undefined : await leftPartial(target.path, request, warn)
  const partial = left ?? (await freshPartial(target, fileMode))
  return resumableFile(partial, { fileMode, isGzipped, request, now })
}

async function freshPartial(target: FileTarget, fileMode: FileMode): Promise<OpenPartial> {
  const { path } = target
  const handle = await newPartial(target, fileMode)
  const ours = await guarded(partialName(path), () => handle.stat())
  return { path, handle, ours, bytes: 0, hash: createHash('sha256'), checkpoint: undefined }
}

/** What an earlier run has left, cut to what its checkpoint vouches for; `undefined` if that is nothing. */
async function leftPartial(
  path: string,
  request: JsonMap,
  warn: (message: string) => void,
): Promise<OpenPartial | undefined> {
  const name = partialName(path)
  const handle = await openIfThere(name)
  if (handle === undefined) return undefined
  try {
    const partial = await checkedPartial(path, handle, request)
    if (typeof partial === 'object') return partial
    if (partial !== 'no checkpoint') warn(`${name} begins anew: ${partial}.`)
  } catch (error: unknown) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

/** The partial file, ready to be added to, or why it cannot be. */
async function checkedPartial(
  path: string,
  handle: FileHandle,
  request: JsonMap,
): Promise<OpenPartial | string> {
  const name = partialName(path)
  const ours = await guarded(name, () => handle.stat())
  if (!ours.isFile()) return 'no checkpoint'
  const checkpoint = await readCheckpoint(checkpointName(path))
  if (checkpoint === 'none') return 'no checkpoint'
  if (checkpoint === 'damaged') return 'its checkpoint is damaged, or of another version of bx24'
  refuseOther(name, checkpoint, request)
  const { bytes, sha256 } = checkpoint
  if (ours.size < bytes) return `it has ${ours.size} bytes, and its checkpoint speaks of ${bytes}`
  const hash = createHash('sha256')
  await guarded(name, () => readInto(hash, handle, bytes))
  if (hash.copy().digest('hex') !== sha256) return 'it is not as it was left'
  await guarded(name, () => handle.truncate(bytes))
  return { path, handle, ours, bytes, hash, checkpoint }
}

/** Neither follows a link nor waits for the other end of a FIFO; what is no file is dealt with by whoever makes a new one. */
async function openIfThere(name: string): Promise<FileHandle | undefined> {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    return await open(name, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
  } catch (error: unknown) {
    if (['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO'].includes(systemCode(error) ?? '')) return undefined
    throw writeFailure(error, name)
  }
}

function refuseOther(name: string, checkpoint: Checkpoint, request: JsonMap): void {
  const found = differences(checkpoint.request, request)
  if (found.length === 0) return
  throw new UsageError(
    'resume-other',
    `${name} is the beginning of another export: ${found.join('; ')}.`,
    'Give the same options to go on with it, another --output, or --restart to begin anew.',
  )
}

async function readInto(hash: Hash, handle: FileHandle, bytes: number): Promise<void> {
  const room = Buffer.allocUnsafeSlow(READ_BYTES)
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await handle.read(room, 0, Math.min(room.length, bytes - at), at)
    if (bytesRead === 0) return
    hash.update(room.subarray(0, bytesRead))
    at += bytesRead
  }
}
