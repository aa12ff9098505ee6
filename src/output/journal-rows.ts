import type { Entry, JournalRow } from './journal-entries.ts'

/** What is known of a row that was sent; of its result line, where in the file it stands. */
export type KnownRow =
  | { readonly state: 'sent'; readonly digest: string }
  | { readonly state: 'settled'; readonly digest: string; readonly offset: number; readonly length: number }

const PAGE_ROWS = 4096

const UNKNOWN = 0
const SENT = 1
const SETTLED = 2

interface Page {
  readonly states: Uint8Array
  /** Two words for each row. */
  readonly digests: Uint32Array
  readonly offsets: Float64Array
  readonly lengths: Uint32Array
}

/** What the entries of a journal, one after the other, come to; some twenty bytes for each row. */
export class JournalRows {
  readonly #pages = new Map<number, Page>()

  get(ordinal: number): KnownRow | undefined {
    const page = this.#pages.get(Math.floor(ordinal / PAGE_ROWS))
    const at = ordinal % PAGE_ROWS
    const state = page?.states[at]
    if (page === undefined || state === UNKNOWN) return undefined
    const digest = word(page.digests[2 * at]) + word(page.digests[2 * at + 1])
    if (state === SENT) return { state: 'sent', digest }
    return { state: 'settled', digest, offset: page.offsets[at] ?? 0, length: page.lengths[at] ?? 0 }
  }

  /** Whether an entry can follow upon those so far. What could not have been written must not decide what is sent. */
  allows(entry: Entry): boolean {
    switch (entry.kind) {
      case 'sent':
        return entry.rows.every(({ ordinal, digest }) => {
          const known = this.get(ordinal)
          return known === undefined || (known.state === 'sent' && known.digest === digest)
        })
      case 'unsent':
        return entry.ordinals.every((ordinal) => this.get(ordinal)?.state === 'sent')
      case 'fate':
        return this.get(entry.ordinal)?.state === 'sent'
    }
  }

  /** Takes in an entry whose line begins at `offset`. */
  add(entry: Entry, offset: number): void {
    switch (entry.kind) {
      case 'sent':
        for (const row of entry.rows) this.#send(row)
        break
      case 'unsent':
        for (const ordinal of entry.ordinals) this.#page(ordinal).states[ordinal % PAGE_ROWS] = UNKNOWN
        break
      case 'fate': {
        const page = this.#page(entry.ordinal)
        const at = entry.ordinal % PAGE_ROWS
        page.states[at] = SETTLED
        page.offsets[at] = offset + entry.start
        page.lengths[at] = entry.length
        break
      }
    }
  }

  #send({ ordinal, digest }: JournalRow): void {
    const page = this.#page(ordinal)
    const at = ordinal % PAGE_ROWS
    page.states[at] = SENT
    page.digests[2 * at] = Number.parseInt(digest.slice(0, 8), 16)
    page.digests[2 * at + 1] = Number.parseInt(digest.slice(8), 16)
  }

  #page(ordinal: number): Page {
    const number = Math.floor(ordinal / PAGE_ROWS)
    let page = this.#pages.get(number)
    if (page === undefined) {
      page = {
        states: new Uint8Array(PAGE_ROWS),
        digests: new Uint32Array(2 * PAGE_ROWS),
        offsets: new Float64Array(PAGE_ROWS),
        lengths: new Uint32Array(PAGE_ROWS),
      }
      this.#pages.set(number, page)
    }
    return page
  }
}

function word(value = 0): string {
  return value.toString(16).padStart(8, '0')
}
