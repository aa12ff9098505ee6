import { UsageError } from '../errors.ts'
import { count, QUOTE, withoutLineEnd } from './bytes.ts'
import { type Item, lineOf, Pieces } from './item.ts'

/**
 * The records of a table as they stand, without what ends them: a line, or several where there are line breaks in quotes.
 * Empty lines between them are none. `line` is where each begins.
 *
 * A quote that does not stand where RFC 4180 wants it may join lines that do not belong together; whoever reads their
 * cells meets that quote first.
 *
 * @throws UsageError for a quote that is never closed, and for records that are longer than an item may be
 */
export async function* recordsOf(
  groups: AsyncIterable<readonly Item[]>,
  name: string,
): AsyncGenerator<Item[], void, undefined> {
  const where = lineOf(name)
  const pieces = new Pieces(where)
  let beginning = 1
  let isInQuotes = false
  for await (const lines of groups) {
    const records: Item[] = []
    for (const { line, bytes } of lines) {
      if (!isInQuotes) {
        if (withoutLineEnd(bytes).length === 0) continue
        beginning = line
      }
      pieces.add(bytes, beginning)
      if (count(bytes, QUOTE) % 2 === 1) isInQuotes = !isInQuotes
      if (!isInQuotes) records.push({ line: beginning, bytes: withoutLineEnd(pieces.take()) })
    }
    if (records.length > 0) yield records
  }
  if (isInQuotes) {
    throw new UsageError(
      'input-csv',
      `${where(beginning)} has a quote that is never closed.`,
      'The table may have been cut short. A value with quotes in it stands in quotes, and each of its own is doubled.',
    )
  }
}
