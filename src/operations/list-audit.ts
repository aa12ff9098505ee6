import type { JsonText } from '../protocol/json-text.ts'
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
  /** All of them, if they are kept. */
  readonly ids: RisingIds | undefined

  /** @param keepsIds whether each id is noted, in a byte or two */
  constructor(keepsIds = false) {
    this.ids = keepsIds ? new RisingIds() : undefined
  }

  /** Takes note of rows that are written, with their ids in them. */
  take(rows: readonly JsonText[], { method }: ListQuery): void {
    this.rows += rows.length
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return
    this.firstId ??= idOf(first, method.idInRows)
    this.lastId = idOf(last, method.idInRows)
    if (this.ids === undefined || method.walk !== 'keyset') return
    for (const row of rows) this.ids.add(idOf(row, method.idInRows) ?? 0)
  }
}
