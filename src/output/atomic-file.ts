import { unlink } from 'node:fs/promises'
import { refuseIfChanged } from './appended-file.ts'
import type { Destination } from './destination.ts'
import type { FileTarget } from './file-target.ts'
import {
  type FileMode,
  guarded,
  isStillOurs,
  moveIntoPlace,
  newPartial,
  partialName,
  refuseIfReplaced,
} from './partial-file.ts'

/**
 * Rows to `FILE.partial`, which takes the place of FILE on `commit` in one step; until then FILE is untouched. The new
 * file has the mode and, where we may set it, the owner of the old one. To append, the partial file begins as a copy.
 *
 * @throws UsageError, OutputError if the partial file cannot be made
 */
export async function atomicFile(target: FileTarget, fileMode: FileMode = 'replace'): Promise<Destination> {
  const { path, found } = target
  const partial = partialName(path)
  const handle = await newPartial(target, fileMode)
  const ours = await guarded(partial, () => handle.stat())
  let hasRows = false

  return {
    async write(chunk) {
      hasRows = true
      await guarded(partial, () => handle.writeFile(chunk))
    },
    async commit() {
      await guarded(partial, () => handle.sync())
      await refuseIfReplaced(partial, ours)
      await guarded(partial, () => handle.close())
      if (fileMode === 'append') await refuseIfChanged(path, found)
      await moveIntoPlace(path, fileMode)
    },
    async abandon() {
      await handle.sync().catch(() => undefined)
      await handle.close().catch(() => undefined)
      if (!(await isStillOurs(partial, ours))) return undefined
      if (hasRows) return partial
      await unlink(partial).catch(() => undefined)
      return undefined
    },
  }
}
