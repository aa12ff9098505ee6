import { resultReference } from '../../protocol/batch.ts'
import { PAGE_ROWS } from '../../protocol/limits.ts'
import { isMap } from '../../protocol/params.ts'
import { mergedParams } from '../../protocol/places.ts'
import type { Command, NamedCommand, ParamValue, Params } from '../../protocol/types.ts'
import { listCommand, startParam, withConditions } from '../list-command.ts'
import { walkedId } from '../rows.ts'
import type { IdRange, ListQuery } from '../strategy.ts'

/** One page of the list: the first rows behind `after`, up to and with `upTo`. */
export function pageCommand(
  query: ListQuery,
  after: number | string | undefined,
  upTo: number | undefined,
): Command {
  const { filter, idOrder } = query.method
  const { inFilter } = walkedId(query.method)
  const bounds: Params = {
    ...(after === undefined ? {} : { [`>${inFilter}`]: String(after) }),
    ...(upTo === undefined ? {} : { [`<=${inFilter}`]: String(upTo) }),
  }
  const bounded = { ...query, params: withConditions(query.params, filter, bounds) }
  return listCommand(bounded, { ...idOrder, ...startParam(query.method, '-1') })
}

/** The first page of the list and the last one. */
export function openingCommands(query: ListQuery): [NamedCommand, NamedCommand] {
  const { after, upTo } = query.range
  const first = pageCommand(query, after, upTo)
  return [
    { ...first, name: 'first' },
    { ...turned(query, first), name: 'last' },
  ]
}

/**
 * Pages of one piece, each asking behind the last row of the one before it.
 *
 * @param name what the names of the commands begin with: lower case, and not a bare number, since PHP would make lists of
 * the answers and lose positions
 */
export function chainCommands(
  query: ListQuery,
  { after, upTo }: IdRange,
  length: number,
  name: string,
): NamedCommand[] {
  const lastRow = [...query.method.rows.at, PAGE_ROWS - 1, walkedId(query.method).inRows]
  return Array.from({ length }, (_, index) => {
    const from = index === 0 ? after : resultReference(`${name}p${index - 1}`, lastRow)
    return { ...pageCommand(query, from, upTo), name: `${name}p${index}` }
  })
}

/** The rows around an id: a page that runs down from it, and one that runs up, both within the bounds. */
export function placeCommands(
  query: ListQuery,
  at: number,
  { after, upTo }: IdRange,
  name: string,
): [NamedCommand, NamedCommand] {
  return [
    { ...turned(query, pageCommand(query, after, at)), name: `${name}d` },
    { ...pageCommand(query, at, upTo), name: `${name}u` },
  ]
}

/** The same page, running down from its upper bound. */
function turned({ method }: ListQuery, command: Command): Command {
  return { ...command, params: mergedParams(command.params, downwards(method.idOrder)) }
}

function downwards(order: Params): Params {
  const turn = (value: ParamValue): ParamValue => {
    if (isMap(value)) return downwards(value)
    return value === 'ASC' ? 'DESC' : value
  }
  return Object.fromEntries(Object.entries(order).map(([key, value]) => [key, turn(value)]))
}
