import type { FileHandle } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import {
  type About,
  headerLine,
  isTornHeader,
  type JournalKeys,
  parseEntry,
  parseHeader,
} from './journal-entries.ts'
import { bytesAt } from './journal-file.ts'
import { JournalRows } from './journal-rows.ts'
import { plainText } from './plain-text.ts'

/** No header comes near to this. */
const HEADER_BYTES = 1 << 20
const CHUNK_BYTES = 1 << 18
const LINE_FEED = 0x0a

/** What a journal holds. */
export interface ReadJournal {
  readonly rows: JournalRows
  /** Where it ends; what follows was not written to its end. */
  readonly end: number
  /** Those that it was begun with. */
  readonly keys: JournalKeys | undefined
  /** What has to be added there before anything else can be. */
  readonly missing: Buffer
}

/**
 * Reads a journal from its beginning, in pieces, and changes nothing.
 *
 * @throws UsageError if it is no journal, one of other work, or damaged
 */
export async function readJournal(
  handle: FileHandle,
  path: string,
  about: About,
  newKeys?: JournalKeys,
): Promise<ReadJournal> {
  const rows = new JournalRows()
  const head = await bytesAt(handle, path, 0, HEADER_BYTES)
  const headerEnd = head.indexOf(LINE_FEED) + 1
  if (headerEnd === 0) {
    if (head.length === HEADER_BYTES || !isTornHeader(head)) throw noJournal(path)
    return { rows, keys: newKeys, end: 0, missing: headerLine(about, newKeys) }
  }
  const keys = checkedHeader(head.subarray(0, headerEnd - 1), path, about)

  let number = 1
  const { end, tail } = await readLines(handle, path, headerEnd, (line, offset) => {
    number += 1
    const entry = parseEntry(line)
    if (entry === undefined || !rows.allows(entry)) throw damaged(path, number)
    rows.add(entry, offset)
  })
  const last = parseEntry(tail)
  if (last === undefined || !rows.allows(last)) return { rows, keys, end, missing: Buffer.alloc(0) }
  // No entry begins with another, so this one is whole. An editor may have taken the line feed away: what it says was
  // sent must not be sent again.
  rows.add(last, end)
  return { rows, keys, end: end + tail.length, missing: Buffer.from('\n') }
}

/** The keys of a journal that is about the same. @throws UsageError for another one */
function checkedHeader(line: Buffer, path: string, about: About): JournalKeys | undefined {
  const header = parseHeader(line)
  if (header === undefined) throw noJournal(path)
  if ('otherVersion' in header) {
    throw new UsageError(
      'journal-format',
      `${path} is a journal of version ${plainText(header.otherVersion)}, which this bx24 does not know.`,
      'Continue with the bx24 that began it.',
    )
  }
  // Both sides as they come out of JSON.
  const ours = parseHeader(headerLine(about).subarray(0, -1))
  const differences = ours === undefined || 'otherVersion' in ours ? [] : compare(header.about, ours.about)
  if (differences.length === 0) return header.keys
  throw new UsageError(
    'journal-other',
    `${path} ${plainText(differences.join('; '))}.`,
    'Repeat the command that it was written for, or give this one a journal of its own.',
  )
}

function compare(then: About, now: About): string[] {
  const names = new Set([...Object.keys(then), ...Object.keys(now)])
  return [...names].flatMap((name) => {
    const [was, is] = [then[name], now[name]]
    if (was === is) return []
    if (was === undefined) return [`was written without ${name}, this run has ${name} ${is ?? ''}`]
    if (is === undefined) return [`was written for ${name} ${was}, this run is without it`]
    return [`was written for ${was}, this run is ${is} (${name})`]
  })
}

/** Hands over each line, without its line feed, and where it begins; answers where they end, and what is left. */
async function readLines(
  handle: FileHandle,
  path: string,
  start: number,
  take: (line: Buffer, offset: number) => void,
): Promise<{ end: number; tail: Buffer }> {
  let end = start
  let position = start
  /** The beginning of a line whose end is still to come. */
  let open: Buffer[] = []
  for (;;) {
    const chunk = await bytesAt(handle, path, position, CHUNK_BYTES)
    if (chunk.length === 0) return { end, tail: Buffer.concat(open) }
    position += chunk.length
    let from = 0
    for (let to = chunk.indexOf(LINE_FEED); to !== -1; to = chunk.indexOf(LINE_FEED, from)) {
      const rest = chunk.subarray(from, to)
      const line = open.length === 0 ? rest : Buffer.concat([...open, rest])
      open = []
      take(line, end)
      from = to + 1
      end += line.length + 1
    }
    if (from < chunk.length) open.push(chunk.subarray(from))
  }
}

function noJournal(path: string): UsageError {
  return new UsageError(
    'journal-format',
    `${path} is no journal; nothing in it was changed.`,
    'Name a new file, or the journal of the run that is to be continued.',
  )
}

function damaged(path: string, line: number): UsageError {
  return new UsageError(
    'journal-damaged',
    `Line ${line} of ${path} is damaged, so it cannot be said any more which rows were sent.`,
    'See which rows the portal has, and send the others with a new journal.',
  )
}
