import type { Field } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import type { Column } from '../query/columns.ts'
import { PREFIXES } from '../query/comparison.ts'
import { type Selection, readFilter } from '../query/filter.ts'
import { type OrderKey, isDescending } from '../query/order.ts'
import { type PhpArray, type Value, isArray, map, named, toText } from '../values.ts'
import type { World } from '../world.ts'
import type { Answer, Call, ListQuery, Method } from './method.ts'
import { page } from './paging.ts'

const USER_PREFIXES = new Set([...PREFIXES.keys()].filter((sign) => sign !== '*' && !sign.endsWith('><')))
const NO_PREFIXES = new Set([''])

/** Users and departments: the filter of the one may stand loose in the query, that of the other always does. */
export function companyMethods(): Method[] {
  return [
    { name: 'user.get', scope: 'user', weight: 1, run: getUsers, query: userQuery },
    {
      name: 'user.fields',
      scope: 'user',
      weight: 0.1,
      run: (world) => ({
        result: map(world.tables.get('user').fields.map((one): [string, Value] => [one.name, one.title])),
      }),
    },
    {
      name: 'department.get',
      scope: 'department',
      weight: 1,
      run: (world, call) => {
        const start = call.start ?? named(call.params, 'START')
        return page(world, { ...call, start }, departmentQuery(world, call.params), 'old')
      },
      query: departmentQuery,
    },
  ]
}

/** Without a single row there is no `total`. */
function getUsers(world: World, call: Call): Answer {
  const answer = page(world, call, userQuery(world, call.params), 'exact')
  return answer.rows === 0 ? { ...answer, total: undefined } : answer
}

function userQuery(world: World, params: PhpArray): ListQuery {
  const table = world.tables.get('user')
  const given = anyCase(params, 'FILTER')
  const filter = isArray(given) ? given : upperCaseKeys(params)
  return {
    table,
    columns: allColumns(table),
    selection: looseFilter(table, filter, USER_PREFIXES),
    order: sortAndOrder(table, params),
    selectedShare: 1,
    wrap: (rows) => rows,
  }
}

function departmentQuery(world: World, params: PhpArray): ListQuery {
  const table = world.tables.get('department')
  return {
    table,
    columns: allColumns(table),
    selection: looseFilter(table, upperCaseKeys(params), NO_PREFIXES),
    order: sortAndOrder(table, params),
    selectedShare: 1,
    wrap: (rows) => rows,
  }
}

function looseFilter(table: Table, filter: PhpArray, prefixes: ReadonlySet<string>): Selection {
  return readFilter(filter, {
    prefixes,
    unknownField: 'drop',
    arrayComparison: 'cast',
    hasGroups: false,
    fieldOf: (name): Field | undefined => table.field(name),
  })
}

/** `sort` names the field and `order` the direction; both are plain texts here. */
function sortAndOrder(table: Table, params: PhpArray): OrderKey[] {
  const sort = anyCase(params, 'SORT')
  const order = anyCase(params, 'ORDER')
  const field = isArray(sort) ? undefined : table.field(toText(sort).toUpperCase())
  if (field === undefined) return []
  return [{ field, isDescending: order !== undefined && isDescending(order) }]
}

function anyCase(params: PhpArray, upperName: string): Value | undefined {
  for (const [name, value] of params.entries()) if (name.toUpperCase() === upperName) return value
  return undefined
}

/** Loose conditions; the words that steer the call are none. */
function upperCaseKeys(params: PhpArray): PhpArray {
  const result = new Map<string, Value>()
  for (const [name, value] of params.entries()) {
    const upper = name.toUpperCase()
    if (!['SORT', 'ORDER', 'START', 'FILTER', 'ADMIN_MODE'].includes(upper)) result.set(upper, value)
  }
  return result
}

function allColumns(table: Table): Column[] {
  return table.fields.map((field) => ({ name: field.name, field }))
}
