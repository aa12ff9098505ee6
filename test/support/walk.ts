import type { Caller } from '../../src/engine/caller.ts'
import { checkedQuery, type UserParameters } from '../../src/operations/list-query.ts'
import { recognisedList } from '../../src/operations/recognised-list.ts'
import type { ApiVersion } from '../../src/protocol/types.ts'
import type { FindMethod } from '../../src/protocol/methods/table.ts'
import { chooseWalk } from '../../src/strategies/choose.ts'
import { idOf } from '../../src/strategies/rows.ts'
import type { EndProof } from '../../src/strategies/strategy.ts'

export interface WalkedList {
  readonly ids: string[]
  readonly rows: string[]
  /** What was seen of a list that is not known, as options; how its end was shown. */
  shape?: string
  end?: EndProof
}

interface WalkedHow {
  readonly parameters?: Partial<UserParameters>
  readonly rowsWanted?: number
  readonly batchSize?: number
  readonly concurrency?: number | undefined
  readonly api?: ApiVersion | undefined
  /** Where methods are looked up. */
  readonly find?: FindMethod | undefined
  /** Takes the rows as they come, of lists that may not be walked to their end. */
  readonly list?: WalkedList
}

/** Walks a list as `get-all` does and takes all its rows; ids are those of the rows, in the order in which they came. */
export async function walk(
  caller: Caller,
  method = 'crm.deal.list',
  options: WalkedHow = {},
): Promise<WalkedList> {
  const { rowsWanted = Infinity, batchSize = 50, concurrency, list = { ids: [], rows: [] } } = options
  const { signal } = new AbortController()
  const given = { params: {}, where: [], select: undefined, ...options.parameters }
  const checked = checkedQuery(method, given, options.api, options.find)
  const isUnknown = checked.query.method.isUnknown === true
  const known = isUnknown
    ? await recognisedList(caller, checked, given.shape, signal, (event) => {
        if (event.type === 'recognised') list.shape = event.shape
      })
    : { checked, caller }
  const { query } = known.checked
  const walking = { signal, batchSize, concurrency, rowsWanted, onEnd: (end: EndProof) => (list.end = end) }
  for await (const page of chooseWalk(query.method)(known.caller, query, walking)) {
    for (const row of page.rows) {
      list.ids.push(String(idOf(row, query.method.id?.inRows ?? 'ID')))
      list.rows.push(row.toString())
    }
  }
  return list
}
