import { resultReference } from '../protocol/batch.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { isMap } from '../protocol/params.ts'
import type { Command, NamedCommand, ParamValue, Params } from '../protocol/types.ts'
import type { IdRange, ListQuery } from './strategy.ts'

/** One page of the list: the first rows behind `after`, up to and with `upTo`. */
export function pageCommand(
  query: ListQuery,
  after: number | string | undefined,
  upTo: number | undefined,
): Command {
  const { method, filterName, idInFilter, idOrder } = query.method
  const bounds: Params = {
    ...(after === undefined ? {} : { [`>${idInFilter}`]: String(after) }),
    ...(upTo === undefined ? {} : { [`<=${idInFilter}`]: String(upTo) }),
  }
  const given = query.params[filterName]
  const filter = { ...(isMap(given) ? given : {}), ...bounds }
  return {
    method,
    params: {
      ...query.params,
      ...idOrder,
      start: '-1',
      ...(Object.keys(filter).length === 0 ? {} : { [filterName]: filter }),
    },
  }
}

/** The first page, and the page that begins with the highest id, of which only ids are wanted. */
export function openingCommands(query: ListQuery): [NamedCommand, NamedCommand] {
  const { after, upTo } = query.range
  const first = pageCommand(query, after, upTo)
  const downward = { ...first, params: { ...first.params, ...downwards(query.method.idOrder) } }
  return [
    { ...first, name: 'first' },
    { ...idsOnly(query, downward), name: 'highest' },
  ]
}

/** The same command, asking for ids alone where the method can select. */
export function idsOnly({ method }: ListQuery, command: Command): Command {
  const { selectName, idInFilter } = method
  if (selectName === undefined) return command
  return { ...command, params: { ...command.params, [selectName]: [idInFilter] } }
}

/** Up to 50 pages, each asking behind the last row of the one before it. */
export function chainCommands(query: ListQuery, { after, upTo }: IdRange, length: number): NamedCommand[] {
  const { rowsAt, idInRows } = query.method
  const lastRow = [...(rowsAt === '' ? [] : [rowsAt]), PAGE_ROWS - 1, idInRows]
  return Array.from({ length }, (_, index) => {
    const from = index === 0 ? after : resultReference(chainName(index - 1), lastRow)
    return { ...pageCommand(query, from, upTo), name: chainName(index) }
  })
}

/** Not a bare number: PHP would make lists of the answers and lose positions. */
function chainName(index: number): string {
  return `p${index}`
}

function downwards(order: Params): Params {
  const turn = (value: ParamValue): ParamValue => {
    if (isMap(value)) return downwards(value)
    return value === 'ASC' ? 'DESC' : value
  }
  return Object.fromEntries(Object.entries(order).map(([key, value]) => [key, turn(value)]))
}
