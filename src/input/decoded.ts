import { isUtf8 } from 'node:buffer'
import { UsageError } from '../errors.ts'
import { count, LINE_FEED } from './bytes.ts'

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** What a file that is not UTF-8 begins with, and what to do about it. */
const SIGNS: readonly (readonly [sign: readonly number[], hint: string])[] = [
  [[0xff, 0xfe], 'It begins like UTF-16: try --encoding utf-16le.'],
  [[0xfe, 0xff], 'It begins like UTF-16: try --encoding utf-16be.'],
  [[0x1f, 0x8b], 'It is packed: unpack it with gzip -dc, or let its name end with .gz.'],
]

const SIGN_BYTES = 2

/**
 * Text in UTF-8, whatever encoding it is in, without a byte order mark. No chunk begins or ends inside a character.
 *
 * @param encoding a label of https://encoding.spec.whatwg.org/#names-and-labels, such as `utf-8` or `windows-1251`
 * @throws UsageError for an unknown label, before anything is opened; and, once all before it was handed over, for bytes
 *   that the encoding does not have
 */
export async function* utf8Chunks(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  const decoder = decoderOf(encoding)
  // What is UTF-8 needs to be looked at, not to be built anew.
  if (decoder.encoding === 'utf-8') yield* checked(chunks, name)
  else yield* converted(chunks, decoder, name)
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new UsageError(
      'encoding-unknown',
      `There is no encoding ${JSON.stringify(encoding)}.`,
      'Such as utf-8, windows-1251, koi8-r, utf-16le.',
    )
  }
}

async function* checked(
  chunks: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  /** The first bytes of a character whose others have not come yet. */
  let rest = Buffer.alloc(0)
  let head = Buffer.alloc(0)
  let bytesBefore = 0
  let linesBefore = 0

  function* wholeOf(bytes: Buffer): Generator<Buffer> {
    const valid = isUtf8(bytes) ? bytes.length : validLength(bytes)
    const good = bytes.subarray(0, valid)
    const sign = valid < bytes.length ? signIn(head) : undefined
    const hasMark = bytesBefore === 0 && good.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)
    const text = hasMark ? good.subarray(UTF8_MARK.length) : good
    // What bears a sign is no text at all, not even its beginning.
    if (text.length > 0 && sign === undefined) yield text
    bytesBefore += valid
    linesBefore += count(good, LINE_FEED)
    if (valid < bytes.length) {
      throw new UsageError(
        'input-encoding',
        `The text of ${name} is not UTF-8: byte ${bytesBefore + 1} (line ${linesBefore + 1}) begins no character.`,
        sign ?? 'Name its encoding: --encoding windows-1251 is common for files from Windows and Excel.',
      )
    }
  }

  for await (const chunk of chunks) {
    if (head.length < SIGN_BYTES) head = Buffer.concat([head, chunk]).subarray(0, SIGN_BYTES)
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = endOfWhole(bytes)
    rest = Buffer.from(bytes.subarray(end))
    yield* wholeOf(bytes.subarray(0, end))
  }
  yield* wholeOf(rest)
}

/** What the first byte of a character says about its length; 1 for what is none. */
function lengthBy(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

/** The end of the last character that is there as a whole. */
function endOfWhole(bytes: Buffer): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back]
    if (byte === undefined) break
    const isContinuation = (byte & 0xc0) === 0x80
    if (!isContinuation) return lengthBy(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function validLength(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const next = at + lengthBy(bytes[at] ?? 0)
    if (!isUtf8(bytes.subarray(at, next))) return at
    at = next
  }
  return at
}

function signIn(head: Buffer): string | undefined {
  return SIGNS.find(([sign]) => head.equals(Buffer.from(sign)))?.[1]
}

async function* converted(
  chunks: AsyncIterable<Buffer>,
  decoder: InstanceType<typeof TextDecoder>,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  let head = Buffer.alloc(0)
  let bytesBefore = 0

  function decoded(chunk: Buffer | undefined): Buffer {
    try {
      return Buffer.from(chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true }))
    } catch {
      const where =
        chunk === undefined
          ? 'it ends inside a character'
          : `something behind byte ${bytesBefore} is no character of it`
      throw new UsageError(
        'input-encoding',
        `The text of ${name} is not ${decoder.encoding}: ${where}.`,
        'Name the encoding that it has with --encoding.',
      )
    }
  }

  for await (const chunk of chunks) {
    if (head.length < UTF8_MARK.length) {
      head = Buffer.concat([head, chunk]).subarray(0, UTF8_MARK.length)
      refuseUtf8(head, decoder.encoding, name)
    }
    const text = decoded(chunk)
    bytesBefore += chunk.length
    if (text.length > 0) yield text
  }
  const last = decoded(undefined)
  if (last.length > 0) yield last
}

/** Almost any bytes are windows-1251, so that nothing else would tell of the mistake but the letters in the portal. */
function refuseUtf8(head: Buffer, encoding: string, name: string): void {
  if (!head.equals(UTF8_MARK)) return
  throw new UsageError(
    'input-encoding',
    `The text of ${name} is not ${encoding}: it begins with the mark of UTF-8.`,
    'Leave --encoding out.',
  )
}
