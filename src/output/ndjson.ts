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
  // The same room for every page: memory that is given back and taken anew costs more than the rows in it.
  let room: Buffer | undefined
  return {
    async write(rows) {
      if (rows.length === 0) return
      const page = ndjson(rows, room)
      if (page.buffer !== room?.buffer) room = page
      await destination.write(page)
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

/**
 * Rows as lines, in `room` if they fit into it. Line breaks between the tokens of a row (valid JSON) become blanks: inside
 * strings there are none.
 */
export function ndjson(rows: readonly JsonText[], room: Buffer = Buffer.alloc(0)): Buffer {
  const size = rows.reduce((sum, row) => sum + (row.end - row.start) + 1, 0)
  const page = size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size)
  let at = 0
  for (let first = 0; first < rows.length;) {
    const behind = endOfNeighbours(rows, first)
    const { bytes, start } = rows[first] as JsonText
    bytes.copy(page, at, start, (rows[behind - 1] as JsonText).end)
    at += (rows[behind - 1] as JsonText).end - start + 1
    page[at - 1] = BLANK
    first = behind
  }
  joinLines(page)
  let lineEnd = -1
  for (const row of rows) page[(lineEnd += row.end - row.start + 1)] = LINE_FEED
  return page
}

/** The place behind the last row that stands in the answer next to the one before it, so that they can be copied at once. */
function endOfNeighbours(rows: readonly JsonText[], first: number): number {
  let behind = first + 1
  for (; behind < rows.length; behind++) {
    const [previous, row] = [rows[behind - 1] as JsonText, rows[behind] as JsonText]
    if (row.bytes !== previous.bytes || row.start !== previous.end + 1) break
  }
  return behind
}

function joinLines(page: Buffer): void {
  if (!page.includes(LINE_FEED) && !page.includes(CARRIAGE_RETURN)) return
  for (let i = 0; i < page.length; i++) {
    if (page[i] === LINE_FEED || page[i] === CARRIAGE_RETURN) page[i] = BLANK
  }
}
