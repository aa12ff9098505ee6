import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { type Checkpoint, checkpointText, parseCheckpoint } from './checkpoint.ts'
import { guarded } from './partial-file.ts'
import { systemCode, writeFailure } from './write-failure.ts'

/**
 * Puts a checkpoint in the place of the one before, in one step; for its owner's eyes alone, since conditions may hold
 * data of customers. What it speaks of must be on disk already.
 *
 * @throws OutputError
 */
export async function writeCheckpoint(name: string, checkpoint: Checkpoint): Promise<void> {
  const draft = `${name}.new`
  await unlink(draft).catch(() => undefined)
  await guarded(name, async () => {
    const { O_WRONLY, O_CREAT, O_EXCL } = constants
    const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try {
      await handle.writeFile(checkpointText(checkpoint))
      await handle.sync()
    } catch (error: unknown) {
      await unlink(draft).catch(() => undefined)
      throw error
    } finally {
      await handle.close()
    }
    await rename(draft, name)
  })
}

/** The checkpoint of this name, which may be a damaged one. A symlink is not followed. @throws OutputError */
export async function readCheckpoint(name: string): Promise<Checkpoint | 'damaged' | 'none'> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const handle = await open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      return parseCheckpoint(await handle.readFile('utf8')) ?? 'damaged'
    } finally {
      await handle.close()
    }
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === 'ENOENT') return 'none'
    if (code === 'ELOOP' || code === 'EISDIR' || code === 'ENXIO') return 'damaged'
    throw writeFailure(error, name)
  }
}

export async function removeCheckpoint(name: string): Promise<void> {
  await unlink(name).catch(() => undefined)
  await unlink(`${name}.new`).catch(() => undefined)
}
