import { LINE_FEED } from './bytes.ts'
import { type Item, lineOf, Pieces } from './item.ts'

/**
 * Lines with what ends them (LF, CRLF; nothing at the end of the input), blank ones too. They come in groups, as many as
 * arrived at once, so that a slow pipe is not waited for and a fast file is not handed over line by line.
 *
 * @throws UsageError for a line that is longer than an item may be
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Item[], void, undefined> {
  const pieces = new Pieces(lineOf(name))
  let line = 1
  for await (const chunk of chunks) {
    const lines: Item[] = []
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      pieces.add(chunk.subarray(start, end + 1), line)
      lines.push({ line, bytes: pieces.take() })
      line++
      start = end + 1
    }
    if (lines.length > 0) yield lines
    pieces.add(chunk.subarray(start), line)
  }
  if (!pieces.isEmpty) yield [{ line, bytes: pieces.take() }]
}
