import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OutputError, UsageError } from '../errors.ts'
import { copyTo } from './appended-file.ts'
import type { FileTarget } from './file-target.ts'
import { systemCode, writeFailure } from './write-failure.ts'

/** What becomes of a FILE that is there: `replace` it, never touch it (`create`), or add rows to it (`append`). */
export type FileMode = 'replace' | 'create' | 'append'

/** Where rows wait until all of them are there. */
export function partialName(path: string): string {
  return `${path}.partial`
}

/** Where it is written down how far they are, for a run that goes on with them. */
export function checkpointName(path: string): string {
  return `${partialName(path)}.checkpoint`
}

/** Does something to a file; what the system says against it becomes an OutputError that names `where`. */
export async function guarded<T>(where: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error: unknown) {
    throw writeFailure(error, where)
  }
}

/**
 * Makes `FILE.partial` anew, with the mode and, where we may set it, the owner of FILE; to append, as a copy of FILE. What
 * an earlier run left there goes, and first of all what was written down about it.
 *
 * @throws UsageError, OutputError
 */
export async function newPartial({ path, found }: FileTarget, fileMode: FileMode): Promise<FileHandle> {
  const partial = partialName(path)
  await removeLeftover(partial, path)
  const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  const isCopy = fileMode === 'append' && found !== undefined
  if (isCopy) await copyTo(partial, path)
  // Neither follows a link: a partial file that somebody else prepared is never written to.
  const flags = isCopy ? O_APPEND | O_NOFOLLOW : O_CREAT | O_EXCL
  const mode = found === undefined ? 0o666 : found.mode & 0o777
  const handle = await guarded(partial, () => open(partial, O_WRONLY | flags, mode))
  if (found !== undefined) {
    // Best effort: only root may give files away, and some file systems know neither owner nor mode.
    await handle.chown(found.uid, found.gid).catch(() => undefined)
    await handle.chmod(mode).catch(() => undefined)
  }
  return handle
}

/** Puts `FILE.partial`, closed and durable, in the place of FILE. @throws OutputError */
export async function moveIntoPlace(path: string, fileMode: FileMode): Promise<void> {
  const partial = partialName(path)
  if (fileMode === 'create') await moveWithoutReplacing(partial, path)
  else await guarded(path, () => rename(partial, path))
  await syncFolder(dirname(path))
}

/** Whether the file of this name is still the one that we opened. */
export async function isStillOurs(partial: string, ours: Stats): Promise<boolean> {
  const there = await lstat(partial).catch(() => undefined)
  return there !== undefined && ours.ino === there.ino && ours.dev === there.dev
}

/** Somebody else's half-written file must not be renamed. @throws OutputError */
export async function refuseIfReplaced(partial: string, ours: Stats): Promise<void> {
  if (await isStillOurs(partial, ours)) return
  throw new OutputError(
    `${partial} is no longer the file that this run wrote.`,
    'Another run with the same --output has replaced it; give each run a file of its own.',
  )
}

async function removeLeftover(partial: string, path: string): Promise<void> {
  const leftover = await lstat(partial).catch(() => undefined)
  if (leftover?.isFile() === false && !leftover.isSymbolicLink()) {
    throw new UsageError(
      'output-partial',
      `${partial} is in the way: it is neither a file nor a link.`,
      'The rows wait there until all of them have arrived. Remove it, or choose another --output.',
    )
  }
  await unlink(checkpointName(path)).catch(() => undefined)
  if (leftover !== undefined) await guarded(partial, () => unlink(partial))
}

/** A link, unlike a renaming, fails if the name is taken. */
async function moveWithoutReplacing(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path)
  } catch (error: unknown) {
    if (systemCode(error) === 'EEXIST' || (await lstat(path).catch(() => undefined)) !== undefined) {
      throw new OutputError(
        `${path} has come into being while the rows were read, and --no-clobber protects it.`,
        undefined,
        error,
      )
    }
    // Not every file system knows links; that nobody was faster can then only be hoped for.
    await guarded(path, () => rename(partial, path))
    return
  }
  await guarded(partial, () => unlink(partial))
}

/** Makes the new name durable; not every system can do that to a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (handle === undefined) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}
