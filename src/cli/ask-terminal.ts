import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { ReadStream, WriteStream } from 'node:tty'

/**
 * Asks a question at the terminal that the process belongs to, even if standard input carries rows; `undefined` if it has
 * none. The reason of `signal` is thrown if that fires first.
 */
export async function askAtTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
  const input = new ReadStream(descriptor)
  const output = new WriteStream(descriptor)
  const lines = createInterface({ input, output })
  // While a line is edited the terminal sends no signals by itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    // Ctrl-D ends the terminal without an answer, which is no consent.
    const closed = new Promise<string>((resolve) => {
      lines.once('close', () => {
        resolve('')
      })
    })
    return await Promise.race([lines.question(question, { signal }), closed])
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    lines.close()
    input.destroy()
    try {
      closeSync(descriptor)
    } catch {
      // The stream has closed it.
    }
  }
}
