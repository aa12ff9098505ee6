import { createHash } from 'node:crypto'

/** An input row that is to be sent. */
export interface JournalRow {
  /** Its place among the input rows, from 0. */
  readonly ordinal: number
  /** Tells it from other rows; see `rowDigest`. */
  readonly digest: string
}

/** What a run is about: host, method, and whatever else shapes its requests. */
export type About = Readonly<Record<string, string>>

/** What the keys of requests are made of, and the Unix ms before which none of them was used. */
export interface JournalKeys {
  readonly seed: string
  readonly since: number
}

/** What one line of a journal says; of a fate, where in that line the result line stands. */
export type Entry =
  | { readonly kind: 'sent'; readonly rows: readonly JournalRow[] }
  | { readonly kind: 'unsent'; readonly ordinals: readonly number[] }
  | { readonly kind: 'fate'; readonly ordinal: number; readonly start: number; readonly length: number }

const VERSION = 1
const HEADER_START = Buffer.from(`{"journal":"bx24","version":${VERSION},"about":`)
/** As much of a fate as stands in front of its line. */
const FATE_START = /^\{"fate":(0|[1-9]\d{0,14}),"line":/
const DIGEST = /^[0-9a-f]{16}$/
const LINE_FEED = 0x0a
const BRACE = 0x7d

/** A short fingerprint of what makes up a row; where one part ends and the next begins counts, too. */
export function rowDigest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    hash.update(`${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex').slice(0, 16)
}

/** What a journal begins with; `keys` are those of the requests, if they have any. */
export function headerLine(about: About, keys?: JournalKeys): Buffer {
  const rest = keys === undefined ? '' : `,"keys":${JSON.stringify(keys)}`
  return Buffer.from(`${HEADER_START.toString()}${JSON.stringify(about)}${rest}}\n`)
}

/** What the first line of a journal says; `undefined` if it is the first line of something else. */
export function parseHeader(
  line: Buffer,
): { about: About; keys?: JournalKeys } | { otherVersion: string } | undefined {
  const header = parsed(line)
  if (!isRecord(header) || header['journal'] !== 'bx24') return undefined
  const { version, about } = header
  if (version !== VERSION) return { otherVersion: `${JSON.stringify(version) as string | undefined}` }
  if (!isRecord(about) || !Object.values(about).every((value) => typeof value === 'string')) return undefined
  const keys = parseKeys(header['keys'])
  return { about: about as About, ...(keys === undefined ? {} : { keys }) }
}

function parseKeys(keys: unknown): JournalKeys | undefined {
  if (!isRecord(keys)) return undefined
  const { seed, since } = keys
  return typeof seed === 'string' && typeof since === 'number' ? { seed, since } : undefined
}

/** Whether this, the whole of a file, is a header whose writing was cut short. */
export function isTornHeader(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, HEADER_START.length)
  return !bytes.includes(LINE_FEED) && bytes.subarray(0, length).equals(HEADER_START.subarray(0, length))
}

export function sentLine(rows: readonly JournalRow[]): Buffer {
  return Buffer.from(`${JSON.stringify({ sent: rows.map(({ ordinal, digest }) => [ordinal, digest]) })}\n`)
}

export function unsentLine(ordinals: readonly number[]): Buffer {
  return Buffer.from(`${JSON.stringify({ unsent: ordinals })}\n`)
}

/** The line, and where in it the result line begins. */
export function fateLine(ordinal: number, line: Buffer): { bytes: Buffer; start: number } {
  const before = Buffer.from(`{"fate":${ordinal},"line":`)
  return { bytes: Buffer.concat([before, line, Buffer.from('}\n')]), start: before.length }
}

/** Whether this can be the result line of a fate. */
export function isResultLine(line: Buffer): boolean {
  return !line.includes(LINE_FEED) && parsed(line) !== undefined
}

export function isDigest(digest: unknown): digest is string {
  return typeof digest === 'string' && DIGEST.test(digest)
}

export function isOrdinal(ordinal: unknown): ordinal is number {
  return typeof ordinal === 'number' && Number.isSafeInteger(ordinal) && ordinal >= 0
}

/** What a line, without its line feed, says; `undefined` if it is no entry. */
export function parseEntry(line: Buffer): Entry | undefined {
  const fate = FATE_START.exec(line.toString('latin1', 0, 40))
  if (fate !== null) return parseFate(line, fate[0].length, Number(fate[1]))
  const entry = parsed(line)
  if (!isRecord(entry) || Object.keys(entry).length !== 1) return undefined
  const { sent, unsent } = entry
  if (Array.isArray(sent)) {
    const rows = sent.map(parseRow)
    return rows.every((row) => row !== undefined) ? { kind: 'sent', rows } : undefined
  }
  return Array.isArray(unsent) && unsent.every(isOrdinal) ? { kind: 'unsent', ordinals: unsent } : undefined
}

function parseFate(line: Buffer, start: number, ordinal: number): Entry | undefined {
  const end = line.length - 1
  if (line[end] !== BRACE || parsed(line.subarray(start, end)) === undefined) return undefined
  return { kind: 'fate', ordinal, start, length: end - start }
}

function parseRow(row: unknown): JournalRow | undefined {
  if (!Array.isArray(row) || row.length !== 2) return undefined
  const [ordinal, digest] = row as readonly unknown[]
  return isOrdinal(ordinal) && isDigest(digest) ? { ordinal, digest } : undefined
}

/** The value of a JSON text, which is never `undefined`. */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString())
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
