export const LINE_FEED = 0x0a
export const CARRIAGE_RETURN = 0x0d
export const QUOTE = 0x22

/** Whether a byte is white space between tokens of JSON, or between lines. */
export function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 0x09
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every(isBlankByte)
}

/** The stretch without white space around it. */
export function trimmed(bytes: Buffer): Buffer {
  let start = 0
  let end = bytes.length
  while (start < end && isBlankByte(bytes[start])) start++
  while (end > start && isBlankByte(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}

/** A line without what ends it; the last one may have lost half of its CRLF. */
export function withoutLineEnd(line: Buffer): Buffer {
  let end = line.length
  if (line[end - 1] === LINE_FEED) end--
  if (line[end - 1] === CARRIAGE_RETURN) end--
  return line.subarray(0, end)
}

/** How often a byte is among these. */
export function count(bytes: Buffer, byte: number): number {
  let found = 0
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) found++
  return found
}
