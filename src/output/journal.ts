import type { FileHandle } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import {
  type About,
  type Entry,
  fateLine,
  type JournalKeys,
  isDigest,
  isOrdinal,
  isResultLine,
  type JournalRow,
  sentLine,
  unsentLine,
} from './journal-entries.ts'
import { openJournalFile, refuseUnfit, settleEnd } from './journal-file.ts'
import { JournalLines } from './journal-lines.ts'
import { readJournal } from './journal-reader.ts'
import type { JournalRows } from './journal-rows.ts'
import { JournalWriter } from './journal-writer.ts'
import { type FileLock, lockFile } from './lock-file.ts'

export { type JournalRow, rowDigest } from './journal-entries.ts'

/** What a journal says of a row: sent without a known fate, or its result line (JSON, without line end). */
export type Recalled = { readonly state: 'sent' } | { readonly state: 'settled'; readonly line: Buffer }

/** A file in which each row is written down before it is sent, and its fate after, so that no row is sent twice. */
export interface Journal {
  /** What the keys of its requests are made of, if they have any; the same in each run. */
  readonly keys: JournalKeys | undefined
  /**
   * What is written down of this row; nothing if it was certainly not executed.
   *
   * @throws UsageError if another row is written down in its place
   */
  recall(row: JournalRow): Promise<Recalled | undefined>
  /** Resolves when it is on disk that these are about to be sent. @throws OutputError, and then none may be sent */
  sent(rows: readonly JournalRow[]): Promise<void>
  /** These were certainly not executed after all. If writing that down fails, their fate counts as unknown. */
  unsent(ordinals: readonly number[]): Promise<void>
  /** The fate of a row that was sent: its result line. If writing it down fails, the fate counts as unknown. */
  settled(ordinal: number, line: Buffer): Promise<void>
  /** Resolves when all of it is on disk; another run may have the file then. */
  close(): Promise<void>
}

/**
 * Opens a journal for this run alone, or begins it; process `pid` is this one. What the run is `about` (host, method,
 * options that shape the requests; nothing secret) must be the same each time. A new journal is begun with `newKeys`.
 *
 * @throws LockedError if another run has it; UsageError if it cannot be continued, and then it is left as it is;
 * OutputError if it cannot be written
 */
export async function openJournal(
  path: string,
  about: About,
  pid: number,
  newKeys?: JournalKeys,
): Promise<Journal> {
  await refuseUnfit(path)
  const lock = await lockFile(path, pid)
  try {
    const handle = await openJournalFile(path)
    try {
      const { rows, keys, end, missing } = await readJournal(handle, path, about, newKeys)
      const length = await settleEnd(handle, path, end, missing)
      return journalOf(handle, path, { rows, keys }, length, lock)
    } catch (error: unknown) {
      await handle.close()
      throw error
    }
  } catch (error: unknown) {
    await lock.release()
    throw error
  }
}

function journalOf(
  handle: FileHandle,
  path: string,
  { rows, keys }: { readonly rows: JournalRows; readonly keys: JournalKeys | undefined },
  end: number,
  lock: FileLock,
): Journal {
  const writer = new JournalWriter(handle, path, end)
  const lines = new JournalLines(handle, path)
  let closing: Promise<void> | undefined

  /** Writes an entry down; it counts once it is written. */
  async function add(entry: Entry, bytes: Buffer, isDurable: boolean): Promise<void> {
    if (closing !== undefined) throw new Error(`${path} is closed.`)
    if (!rows.allows(entry)) {
      throw new Error(`${path} would contradict itself: ${bytes.toString('utf8', 0, 60)}`)
    }
    await writer.append(bytes, isDurable, (offset) => rows.add(entry, offset))
  }

  async function close(): Promise<void> {
    try {
      await writer.finish()
    } finally {
      await handle.close().catch(() => undefined)
      await lock.release()
    }
  }

  return {
    keys,
    async recall({ ordinal, digest }) {
      const known = rows.get(ordinal)
      if (known === undefined) return undefined
      if (known.digest !== digest) throw mismatch(path, ordinal)
      if (known.state === 'sent') return { state: 'sent' }
      return { state: 'settled', line: await lines.at(known.offset, known.length, writer.end) }
    },
    async sent(sentRows) {
      if (sentRows.length === 0) return
      if (!sentRows.every(({ ordinal, digest }) => isOrdinal(ordinal) && isDigest(digest))) {
        throw new Error(`${path} cannot hold such a row.`)
      }
      await add({ kind: 'sent', rows: sentRows }, sentLine(sentRows), true)
    },
    async unsent(ordinals) {
      if (ordinals.length > 0) await add({ kind: 'unsent', ordinals }, unsentLine(ordinals), false)
    },
    async settled(ordinal, line) {
      if (!isResultLine(line)) throw new Error(`${path} cannot hold such a line.`)
      const { bytes, start } = fateLine(ordinal, line)
      await add({ kind: 'fate', ordinal, start, length: line.length }, bytes, false)
    },
    close: () => (closing ??= close()),
  }
}

function mismatch(path: string, ordinal: number): UsageError {
  return new UsageError(
    'journal-mismatch',
    `Row ${ordinal + 1} of the input is not the one that ${path} has in its place.`,
    'Continue with the input that the journal was begun with, rows in the same order, or begin a new journal.',
  )
}
