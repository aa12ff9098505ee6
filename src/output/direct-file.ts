import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { sleep } from '../lib/sleep.ts'
import type { Destination } from './destination.ts'
import { systemCode, writeFailure } from './write-failure.ts'

/** How often a FIFO is looked at for somebody who reads it. */
const READER_CHECK_MS = 100

/** A reader that is on its way is nothing to speak of. */
const CHECKS_IN_SILENCE = 10

export interface Waiting {
  readonly signal: AbortSignal
  /** Told once, if nobody reads after a second. */
  readonly onWait: () => void
}

/**
 * Rows to something that is no regular file, such as `/dev/null` or a FIFO: it is neither created nor replaced.
 *
 * A FIFO is waited for until somebody reads it or the signal fires: to open it at once would hold the process where no
 * signal reaches it.
 *
 * @throws OutputError if it cannot be opened; the reason of the signal
 */
export async function directFile(path: string, waiting: Waiting): Promise<Destination> {
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error: unknown) {
      throw writeFailure(error, path)
    }
  }
  const handle = await openForReader(path, waiting, guarded)
  return {
    write: (chunk) => guarded(() => handle.writeFile(chunk)),
    commit: () => guarded(() => handle.close()),
    async abandon() {
      await handle.close().catch(() => undefined)
      return undefined
    },
  }
}

async function openForReader(
  path: string,
  { signal, onWait }: Waiting,
  guarded: <T>(act: () => Promise<T>) => Promise<T>,
): Promise<FileHandle> {
  for (let checks = 0; ; checks++) {
    const probe = await guarded(() => openIfRead(path))
    if (probe !== undefined) {
      try {
        // While the probe is open there is a reader, so that this does not wait; its writes may.
        return await guarded(() => open(path, constants.O_WRONLY))
      } finally {
        await probe.close()
      }
    }
    if (checks === CHECKS_IN_SILENCE) onWait()
    await sleep(READER_CHECK_MS, signal)
  }
}

/** `undefined` for a FIFO that nobody reads. */
async function openIfRead(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error: unknown) {
    if (systemCode(error) === 'ENXIO') return undefined
    throw error
  }
}
