import type { JsonText } from '../protocol/json-text.ts'
import type { Destination } from './destination.ts'
import type { Sink } from './sink.ts'

const OPENING = Buffer.from('[\n')
const BETWEEN = Buffer.from(',\n')

/**
 * One array of all rows, in the bytes that the portal sent, one write a page. It is closed by `close` alone, so that
 * what a failed run leaves behind cannot be taken for the whole.
 *
 * @param isEmpty whether the array begins here; else it has rows already
 */
export function jsonSink(destination: Destination, isEmpty = true): Sink {
  return {
    async write(rows) {
      if (rows.length === 0) return
      const page = Buffer.concat(
        rows.flatMap((row, at) => [isEmpty && at === 0 ? OPENING : BETWEEN, bytesOf(row)]),
      )
      isEmpty = false
      await destination.write(page)
    },
    close: () => destination.write(Buffer.from(isEmpty ? '[]\n' : '\n]\n')),
  }
}

function bytesOf({ bytes, start, end }: JsonText): Buffer {
  return bytes.subarray(start, end)
}
