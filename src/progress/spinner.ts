import { type Writable } from 'node:stream'
import { type LiveLine } from './terminal-reporter.ts'

/** A spinner with a text beside it, drawn on `stderr`. Loaded only where one is drawn: it costs 50 ms. */
export async function spinnerLine(stderr: Writable, color: boolean): Promise<LiveLine> {
  const { default: ora } = await import('ora')
  const spinner = ora({
    stream: stderr,
    text: 'connecting',
    color: color ? 'cyan' : false,
    interval: 100,
    isEnabled: true,
    // Else stdin goes into raw mode, where Ctrl-C is a key like any other.
    discardStdin: false,
    // Else a second Ctrl-C leaves the terminal without a cursor.
    hideCursor: false,
  }).start()
  return {
    show(text) {
      spinner.text = text
    },
    stop() {
      spinner.stop()
    },
  }
}
