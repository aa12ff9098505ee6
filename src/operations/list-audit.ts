import { Bx24Error, EXIT } from '../errors.ts'
import type { Mark } from '../output/recorder.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import { idOf } from '../strategies/rows.ts'
import type { EndProof, ListQuery, UnreadableRow } from '../strategies/strategy.ts'
import { RisingIds } from './rising-ids.ts'

/** What is noted of a list while it is read: for a manifest, and to compare with the portal's counts afterwards. */
export class ListAudit {
  query: ListQuery | undefined
  rows = 0
  firstId: number | undefined
  lastId: number | undefined
  /** How it was shown that there are no more rows; `undefined` as long as it was not. */
  end: EndProof | undefined
  unreadable: UnreadableRow[] = []
  #isResumed = false
  /** All of them, if they are kept. */
  readonly ids: RisingIds | undefined

  /** @param keepsIds whether each id is noted, in a byte or two */
  constructor(keepsIds = false) {
    this.ids = keepsIds ? new RisingIds() : undefined
  }

  /** Begins a list, or goes on with it where an earlier run ended. */
  begin(query: ListQuery, begun: (Mark & { readonly isComplete?: boolean }) | undefined): void {
    this.query = query
    if (begun === undefined) return
    this.#isResumed = true
    if (begun.isComplete === true) this.end = { by: 'earlier-run' }
    this.rows = begun.rows
    this.lastId = begun.afterId
    this.unreadable = (begun.unreadable ?? []).map((id) => ({ id, error: metBefore(id) }))
  }

  /** Rows that cannot be read, in the order of their ids. */
  unreadableUpTo(id: number): UnreadableRow[] {
    const found = this.unreadable.filter((row) => row.id <= id)
    return found.toSorted((left, right) => left.id - right.id)
  }

  /** Takes note of rows that are written, with their ids in them. */
  take(rows: readonly JsonText[], { method }: ListQuery): void {
    this.rows += rows.length
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return
    // What the first row of an earlier run was, nobody has written down.
    if (!this.#isResumed) this.firstId ??= idOf(first, method.id?.inRows)
    this.lastId = idOf(last, method.id?.inRows)
    if (this.ids === undefined || !isWalkedById(method)) return
    for (const row of rows) this.ids.add(idOf(row, method.id?.inRows) ?? 0)
  }
}

function metBefore(id: number): Bx24Error {
  return new Bx24Error(
    'walk.unreadable',
    `An earlier run could not read the row with the id ${id}.`,
    EXIT.partial,
  )
}
