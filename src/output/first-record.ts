/**
 * How many fields the first record of a table has; quoted ones may hold delimiters and line breaks. `undefined` if the
 * record is not whole in `text`.
 */
export function fieldsOfFirstRecord(text: string, delimiter: string): number | undefined {
  let fields = 1
  let isQuoted = false
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (char === delimiter) fields++
    else if (char === '\n') return fields
  }
  return undefined
}
