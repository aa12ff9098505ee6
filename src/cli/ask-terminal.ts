import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'

/**
 * Asks a question at the terminal that the process belongs to, even if standard input carries rows; `undefined` if it has
 * none. The reason of `signal` is thrown if that fires first.
 *
 * @param isHidden what is typed is not shown
 */
export async function askAtTerminal(
  question: string,
  signal: AbortSignal,
  isHidden = false,
): Promise<string | undefined> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
  const input = new ReadStream(descriptor)
  const screen = new WriteStream(descriptor)
  const output = isHidden ? new Writable({ write: dropped }) : screen
  // From here on the terminal itself shows nothing, so the question comes after it.
  const lines = createInterface({ input, output, terminal: true })
  if (isHidden) screen.write(question)
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
    if (isHidden) screen.write('\n')
    input.destroy()
    try {
      closeSync(descriptor)
    } catch {
      // The stream has closed it.
    }
  }
}

function dropped(_chunk: unknown, _encoding: unknown, done: () => void): void {
  done()
}
