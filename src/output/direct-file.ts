import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Destination } from './destination.ts'
import { writeFailure } from './write-failure.ts'

/**
 * Rows to something that is no regular file, such as `/dev/null` or a FIFO: it is neither created nor replaced.
 *
 * @throws OutputError if it cannot be opened
 */
export async function directFile(path: string): Promise<Destination> {
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error: unknown) {
      throw writeFailure(error, path)
    }
  }
  const handle = await guarded(() => open(path, constants.O_WRONLY))
  return {
    write: (chunk) => guarded(() => handle.writeFile(chunk)),
    commit: () => guarded(() => handle.close()),
    async abandon() {
      await handle.close().catch(() => undefined)
      return undefined
    },
  }
}
