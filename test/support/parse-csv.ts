export interface CsvDialect {
  readonly delimiter?: string
  readonly lineEnd?: '\n' | '\r\n'
}

/**
 * Reads a table as RFC 4180 says, strictly and without regard to how it was written: every record ends with the line
 * end, quotes stand around a whole value or not at all, and inside them a quote is doubled.
 *
 * @throws Error for whatever the RFC does not allow
 */
export function parseCsv(text: string, { delimiter = ',', lineEnd = '\n' }: CsvDialect = {}): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length) {
    const [value, end] = text[at] === '"' ? quoted(text, at) : bare(text, at, delimiter)
    record.push(value)
    at = end
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length
      // A delimiter at the very end of the text would leave its record without an end.
      if (at === text.length) throw new Error('the last record has no end')
    } else if (text.startsWith(lineEnd, at)) {
      at += lineEnd.length
      records.push(record)
      record = []
    } else {
      throw new Error(
        `neither a delimiter nor a line end at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`,
      )
    }
  }
  if (record.length > 0) throw new Error('the last record has no end')
  return records
}

function quoted(text: string, start: number): [string, number] {
  let value = ''
  let at = start + 1
  for (;;) {
    const end = text.indexOf('"', at)
    if (end === -1) throw new Error(`the quote at ${start} is never closed`)
    value += text.slice(at, end)
    if (text[end + 1] !== '"') return [value, end + 1]
    value += '"'
    at = end + 2
  }
}

function bare(text: string, start: number, delimiter: string): [string, number] {
  let end = start
  while (end < text.length && !text.startsWith(delimiter, end) && text[end] !== '\n' && text[end] !== '\r') {
    if (text[end] === '"') throw new Error(`a quote inside of a value at ${end}`)
    end++
  }
  return [text.slice(start, end), end]
}

/** The rows of a table with a header, each as a map from column to cell. */
export function csvRows(text: string, dialect?: CsvDialect): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(text, dialect)
  return records.map((record) => {
    if (record.length !== header.length)
      throw new Error(`${record.length} cells under ${header.length} columns`)
    return Object.fromEntries(record.map((cell, place) => [header[place] ?? '', cell]))
  })
}
