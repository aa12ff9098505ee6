import { isMap } from '../../protocol/params.ts'
import { withParamAt } from '../../protocol/places.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { ListMethod, RowId } from '../../protocol/methods/list-method.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import { openingCommands, pageCommand } from '../keyset/commands.ts'
import { listCommand } from '../list-command.ts'
import { idOf, rowsOf } from '../rows.ts'
import type { ListQuery } from '../strategy.ts'
import { ALL_PREFIXES, clauseNames } from './clauses.ts'

/** The first page of a list, as it came without anything added, and how its rows were found. */
export interface FirstPage {
  readonly query: ListQuery
  readonly rows: readonly JsonText[]
  readonly id: RowId | undefined
}

/** A question to the portal: what to ask, and what the answers mean. `undefined`: not that. */
export interface Probe {
  readonly commands: readonly NamedCommand[]
  readonly read: (answers: readonly (readonly JsonText[] | undefined)[]) => Partial<ListMethod> | undefined
}

/** The rows of each outcome; `undefined` where there are none to be found. */
export function rowsOfEach(
  outcomes: readonly Outcome[],
  method: ListMethod,
): (readonly JsonText[] | undefined)[] {
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'done') return undefined
    try {
      return rowsOf(outcome.reply.result, method)
    } catch {
      return undefined
    }
  })
}

const PAGE_ROWS = 50

/**
 * Whether the list can be walked by id: asks for it by rising and by falling ids, and for what lies behind an id of the
 * first page. All of that must be as it should: some methods drop a filter that they do not know, and answer the first
 * page for ever; others would answer nothing, which looks like an end.
 *
 * @param inFilter how filter and order spell the id
 */
export function idProbe({ query, rows, id }: FirstPage, inFilter: string): Probe | undefined {
  if (id?.isNumber !== true || rows.length === 0 || query.method.api === 'v3') return undefined
  const { filter, order } = clauseNames(query.params)
  const given = query.params[filter]
  const isBound =
    isMap(given) &&
    Object.keys(given).some((key) => key.replace(/^\W+/, '').toLowerCase() === inFilter.toLowerCase())
  if (order in query.params || isBound || (given !== undefined && !isMap(given))) return undefined
  const known = idsOf(rows, id.inRows).toSorted((one, other) => one - other)
  const [least = 0, most = 0] = [known[0], known.at(-1)]
  const middle = known[Math.floor((known.length - 1) / 2)] ?? 0
  const asked: Partial<ListMethod> = {
    id: { ...id, inFilter },
    filter: { at: [filter], form: 'map', prefixes: ALL_PREFIXES },
    idOrder: { [order]: { [inFilter]: 'ASC' } },
    orderAt: [[order]],
  }
  // These are the very commands of the walk: what is passed by position, say, may depend on their order.
  const listed: ListQuery = { ...query, method: { ...query.method, ...asked } }
  const commands = [
    ...openingCommands(listed),
    pageCommand(listed, middle, undefined),
    pageCommand(listed, least, middle),
  ]
  const suffix = inFilter === id.inRows ? 'a' : 'b'
  return {
    commands: commands.map((command, at) => ({ ...command, name: `id${at}${suffix}` })),
    read(answers) {
      const [up, down, behind, between] = answers.map((page) => page && idsOf(page, id.inRows))
      if (up === undefined || down === undefined || behind === undefined || between === undefined)
        return undefined
      const isSorted = [up, down.toReversed(), behind, between].every(isRising)
      const isFromTheEnds = (up[0] ?? Infinity) <= least && (down[0] ?? 0) >= most
      if (!isSorted || !isFromTheEnds) return undefined
      if (!isStretch(behind, known, [middle, Infinity], up.length)) return undefined
      if (!isStretch(between, known, [least, middle], up.length)) return undefined
      const isAll = up.length === down.length && up.every((one) => down.includes(one))
      const isUsual = up.length === PAGE_ROWS || (isAll && up.length < PAGE_ROWS)
      return {
        ...asked,
        paging: isUsual ? { by: 'keyset' } : { by: 'id-filter', limit: undefined, pageRows: up.length },
      }
    },
  }
}

/** Whether ids are all of those that are known behind `after` up to `upTo`, as far as a page of them reaches. */
function isStretch(
  ids: readonly number[],
  known: readonly number[],
  [after, upTo]: readonly [number, number],
  pageRows: number,
): boolean {
  const reach = ids.length < pageRows ? upTo : Math.min(upTo, ids.at(-1) ?? 0)
  const expected = known.filter((one) => one > after && one <= reach)
  return ids.every((one) => one > after && one <= upTo) && expected.every((one) => ids.includes(one))
}

/** Whether `limit` and `offset` are honoured under these names: two rows from the second one on are asked for. */
export function offsetProbe(
  { query, rows }: FirstPage,
  at: readonly string[],
  names: readonly [string, string],
): Probe | undefined {
  // With fewer rows the answer would be the same without them.
  if (rows.length < 4) return undefined
  const [offset, limit] = names.map((name) => [...at, name]) as [string[], string[]]
  const params = withParamAt(withParamAt({}, offset, 1), limit, 2)
  return {
    commands: [
      {
        ...listCommand(query, params),
        name: `offset${at.join('')}${offset.at(-1) === 'OFFSET' ? 'b' : 'a'}`.toLowerCase(),
      },
    ],
    read([page]) {
      if (page?.length !== 2 || !isSame(page, rows.slice(1, 3))) return undefined
      return { paging: { ...OFFSET, offset, limit } }
    },
  }
}

/**
 * Whether `start` leads on, or to nothing: both of them show that it is known.
 *
 * @param counted the size of pages, where the first one says that there are more
 */
export function startProbe(
  { query, rows }: FirstPage,
  counted: { readonly pageRows: number } | undefined,
): Probe | undefined {
  if (rows.length === 0 || query.method.api === 'v3') return undefined
  const start = counted?.pageRows ?? Math.max(rows.length, PAGE_ROWS)
  return {
    commands: [{ ...listCommand(query, { start: String(start) }), name: 'start' }],
    read([page]) {
      if (page === undefined || isSame(page, rows.slice(0, page.length || 1))) return undefined
      if (counted !== undefined) return { paging: { by: 'start', pageRows: counted.pageRows } }
      return { paging: { ...OFFSET, offset: ['start'], limit: undefined } }
    },
  }
}

/** By position, to a page without rows. */
const OFFSET = { by: 'offset', pageRows: PAGE_ROWS, isByPageSize: false, end: { by: 'empty-page' } } as const

/** Whether `page` leads to other rows. That there are none behind shows nothing: it may be a field that no row has. */
export function pageProbe({ query, rows, id }: FirstPage): Probe | undefined {
  if (rows.length === 0 || id === undefined || 'page' in query.params || query.method.api === 'v3')
    return undefined
  const commands = [1, 2].map((page) => ({ ...listCommand(query, { page }), name: `page${page}` }))
  return {
    commands: commands.map((command) => ({ ...command, name: `n${command.name}` })),
    read([first, second]) {
      if (first === undefined || second === undefined || second.length === 0) return undefined
      const known = new Set(rows.map((row) => String(row.member(id.inRows))))
      const isOther = second.every((row) => !known.has(String(row.member(id.inRows))))
      if (!isOther || !isSame(first, rows)) return undefined
      return {
        paging: {
          by: 'page',
          page: ['page'],
          size: undefined,
          first: 1,
          pageRows: rows.length,
          end: { by: 'empty-page' },
        },
      }
    },
  }
}

function idsOf(rows: readonly JsonText[], name: string): number[] {
  return rows.map((row) => idOf(row, name) ?? NaN)
}

/** Strictly; a row without an id is none that rises. */
function isRising(ids: readonly number[]): boolean {
  return ids.every((id, at) => id > (ids[at - 1] ?? -1))
}

function isSame(one: readonly JsonText[], other: readonly JsonText[]): boolean {
  return one.length === other.length && one.every((row, at) => row.toString() === other[at]?.toString())
}
