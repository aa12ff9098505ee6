import type { Caller } from '../../src/engine/caller.ts'
import { checkedQuery, type UserParameters } from '../../src/operations/list-query.ts'
import { chooseWalk } from '../../src/strategies/choose.ts'
import { idOf } from '../../src/strategies/rows.ts'

export interface WalkedList {
  readonly ids: string[]
  readonly rows: string[]
}

interface WalkedHow {
  readonly parameters?: Partial<UserParameters>
  readonly rowsWanted?: number
  readonly batchSize?: number
  readonly concurrency?: number | undefined
}

/** Walks a list as `get-all` does and takes all its rows; ids are those of the rows, in the order in which they came. */
export async function walk(
  caller: Caller,
  method = 'crm.deal.list',
  options: WalkedHow = {},
): Promise<WalkedList> {
  const { rowsWanted = Infinity, batchSize = 50, concurrency } = options
  const { query } = checkedQuery(method, { params: {}, where: [], select: undefined, ...options.parameters })
  const list: WalkedList = { ids: [], rows: [] }
  const { signal } = new AbortController()
  const walking = { signal, batchSize, concurrency, rowsWanted }
  for await (const page of chooseWalk(query.method)(caller, query, walking)) {
    for (const row of page.rows) {
      list.ids.push(String(idOf(row, query.method.id?.inRows ?? 'ID')))
      list.rows.push(row.toString())
    }
  }
  return list
}
