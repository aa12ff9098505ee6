import type { Writable } from 'node:stream'
import type { DrawnLine } from './live-line.ts'

/** Makes spinners with a text beside them. Loaded only where one is drawn: it costs 50 ms. */
export async function spinnerPainter(
  stderr: Writable,
  color: boolean,
  hasUnicode: boolean,
): Promise<(text: () => string) => DrawnLine> {
  const { default: ora } = await import('ora')
  return (text) => {
    const spinner = ora({
      stream: stderr,
      text: text(),
      color: color ? 'cyan' : false,
      interval: 100,
      ...(hasUnicode ? {} : { spinner: 'line' as const }),
      isEnabled: true,
      // Else stdin goes into raw mode, where Ctrl-C is a key like any other.
      discardStdin: false,
      // Else a second Ctrl-C leaves the terminal without a cursor.
      hideCursor: false,
    }).start()
    return {
      update() {
        spinner.text = text()
      },
      around(write) {
        spinner.clear()
        write()
      },
      stop() {
        if (spinner.isSpinning) spinner.stop()
      },
    }
  }
}
