import { withParamAt } from '../protocol/places.ts'
import type { Command } from '../protocol/types.ts'
import { pageCommand } from '../strategies/keyset/commands.ts'
import { listCommand, startParam } from '../strategies/list-command.ts'
import { walkedId } from '../strategies/rows.ts'
import type { IdRange, ListQuery } from '../strategies/strategy.ts'

/** Counts the rows of a range; one page of them comes along, with as little in it as may be. */
export function countCommand(query: ListQuery, { after, upTo }: IdRange): Command {
  const { select, selectNeeds = [], paging, idOrder } = query.method
  if (paging.by !== 'keyset') return listCommand(query, { ...idOrder, ...startParam(query.method, '0') })
  const { method, params } = pageCommand(query, after, upTo)
  const { inFilter } = walkedId(query.method)
  const chosen = select === undefined ? params : withParamAt(params, select, [inFilter, ...selectNeeds])
  return { method, params: { ...chosen, ...startParam(query.method, '0') } }
}
