import type { Hash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, unlink } from 'node:fs/promises'
import type { Checkpoint } from './checkpoint.ts'
import { removeCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
import type { Destination } from './destination.ts'
import { gathered } from './gathered.ts'
import { GzipMembers } from './gzip-members.ts'
import {
  checkpointName,
  type FileMode,
  guarded,
  isStillOurs,
  moveIntoPlace,
  partialName,
  refuseIfReplaced,
} from './partial-file.ts'
import type { Mark, Recorder } from './recorder.ts'

/** Checkpoints are at most so far apart while rows come, */
const LONGEST_MS = 5_000
/** and at least so far, */
const SHORTEST_MS = 250
/** and take no more than one part in so many of the time. */
const SHARE = 50

/** A partial file that is open for adding, and what of it counts already. */
export interface OpenPartial {
  readonly path: string
  readonly handle: FileHandle
  readonly ours: Stats
  /** Bytes that are there, and their checksum so far. */
  readonly bytes: number
  readonly hash: Hash
  readonly checkpoint: Checkpoint | undefined
}

export interface ResumableOptions {
  readonly fileMode: FileMode
  readonly isGzipped: boolean
  readonly request: Checkpoint['request']
  /** Unix ms. */
  readonly now: () => number
}

/** A place up to which the partial file can be cut. */
interface Place {
  readonly bytes: number
  readonly hash: Hash
  readonly mark: Mark
}

const NOWHERE: Mark = { afterId: undefined, rows: 0, select: undefined, columns: undefined }

/**
 * Rows to `FILE.partial` as `atomicFile` has it, with a checkpoint beside it, so that a later run can go on: rows are on
 * disk before the checkpoint says so.
 */
export function resumableFile(partial: OpenPartial, options: ResumableOptions): Destination {
  const { path, handle, ours, hash } = partial
  const { fileMode, isGzipped, request, now } = options
  const name = partialName(path)
  const checkpoint = checkpointName(path)
  const startedAt = partial.checkpoint?.startedAt ?? new Date(now()).toISOString()
  let bytes = partial.bytes
  let isForgotten = false
  let isBroken = false
  let last: Place = { bytes, hash: hash.copy(), mark: partial.checkpoint?.mark ?? NOWHERE }
  let saved = last
  let savedAt = now()
  let waitMs = SHORTEST_MS

  const file = gathered({
    write: (chunk) => attempt(() => handle.writeFile(chunk)),
    commit: () => attempt(() => handle.sync()),
    abandon: () => Promise.resolve(undefined),
  })
  const members = isGzipped ? new GzipMembers(append, bytes > 0) : undefined

  /** Once something has failed nobody knows what is on disk behind the last checkpoint. */
  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await guarded(name, act)
    } catch (error: unknown) {
      isBroken = true
      throw error
    }
  }

  async function append(chunk: Buffer): Promise<void> {
    bytes += chunk.length
    hash.update(chunk)
    await file.write(chunk)
  }

  async function save(place: Place, isComplete: boolean): Promise<void> {
    const { mark } = place
    const sha256 = place.hash.copy().digest('hex')
    await writeCheckpoint(checkpoint, { isComplete, startedAt, request, bytes: place.bytes, sha256, mark })
    saved = place
  }

  async function saveWhenDue(): Promise<void> {
    const begunAt = now()
    if (begunAt - savedAt < waitMs) return
    // Writes what was gathered, too.
    await file.commit()
    await save(last, false)
    savedAt = now()
    waitMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SHARE * (savedAt - begunAt)))
  }

  const recorder: Recorder = {
    resumed: partial.checkpoint && {
      ...partial.checkpoint.mark,
      isComplete: partial.checkpoint.isComplete,
      startedAt,
    },
    everyRow: isGzipped,
    async reached(mark) {
      if (members !== undefined && !(await members.rowEnded())) return
      last = { bytes, hash: hash.copy(), mark: mark() }
      await saveWhenDue()
    },
    async forget() {
      isForgotten = true
      await removeCheckpoint(checkpoint)
    },
  }

  return {
    recorder,
    async write(chunk) {
      if (members === undefined) await append(chunk)
      else members.add(chunk)
    },
    async commit() {
      const isFinished = partial.checkpoint?.isComplete === true
      if (!isFinished) await members?.end()
      await file.commit()
      await refuseIfReplaced(name, ours)
      if (!isForgotten && !isFinished) await save({ bytes, hash, mark: last.mark }, true)
      await guarded(name, () => handle.close())
      await moveIntoPlace(path, fileMode)
      await removeCheckpoint(checkpoint)
    },
    async abandon() {
      try {
        // Behind the last checkpoint: so it can be read to its end, and whoever goes on will cut it off.
        await members?.flush()
        await file.commit()
        if (!isForgotten && !isBroken && last !== saved) await save(last, false)
      } catch {
        // The checkpoint before still holds: what it speaks of is on disk.
      }
      await handle.close().catch(() => undefined)
      if (!(await isStillOurs(name, ours))) return undefined
      if (bytes > 0) return name
      await unlink(name).catch(() => undefined)
      await removeCheckpoint(checkpoint)
      return undefined
    },
  }
}
