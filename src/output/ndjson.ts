import { UsageError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { Destination } from './destination.ts'
import type { Sink } from './sink.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BLANK = 0x20

/**
 * One row a line, in the bytes that the portal sent, one write a page.
 *
 * @throws UsageError if rows are to be added to something that does not begin like NDJSON
 */
export function ndjsonSink(destination: Destination): Sink {
  refuseOtherFormat(destination.head)
  return {
    async write(rows) {
      if (rows.length > 0) await destination.write(ndjson(rows))
    },
    close: () => Promise.resolve(),
  }
}

function refuseOtherFormat(head: Buffer | undefined): void {
  if (head === undefined || head.toString('latin1', 0, 64).trimStart().startsWith('{')) return
  throw new UsageError(
    'append-format',
    'The file that --append should add to does not begin with a row of NDJSON.',
    'Add rows in the format of the file, which --format or its name says, or write to another one.',
  )
}

/** Rows as lines. Line breaks between the tokens of a row (valid JSON) become blanks: inside strings there are none. */
export function ndjson(rows: readonly JsonText[]): Buffer {
  const size = rows.reduce((sum, row) => sum + (row.end - row.start) + 1, 0)
  const page = Buffer.allocUnsafe(size)
  let at = 0
  for (const row of rows) {
    const end = at + row.bytes.copy(page, at, row.start, row.end)
    joinLines(page.subarray(at, end))
    page[end] = LINE_FEED
    at = end + 1
  }
  return page
}

function joinLines(line: Buffer): void {
  if (!line.includes(LINE_FEED) && !line.includes(CARRIAGE_RETURN)) return
  for (let i = 0; i < line.length; i++) {
    if (line[i] === LINE_FEED || line[i] === CARRIAGE_RETURN) line[i] = BLANK
  }
}
