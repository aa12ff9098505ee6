import type { Field } from '../data/fields.ts'
import { readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, elements, toText } from '../values.ts'
import type { World } from '../world.ts'
import type { ListQuery, Method } from './method.ts'
import { page, selectNames, selectedShare } from './paging.ts'

const LIST_PREFIXES = new Set(['', '!%', '>=', '><', '!><', '>', '<', '<=', '%', '=', '*'])

/** The one list that the sandbox has. */
const IBLOCK = { type: 'lists', id: '41', code: 'clients' } as const

/** Elements of lists; properties are objects keyed by value id. */
export function listMethods(): Method[] {
  return [
    {
      name: 'lists.element.get',
      scope: 'lists',
      weight: 1,
      run: (world, call) => page(world, call, elementQuery(world, call.params), 'old'),
      query: elementQuery,
    },
  ]
}

function requireList(params: PhpArray): void {
  const id = params.get('IBLOCK_ID')
  const code = params.get('IBLOCK_CODE')
  if (params.get('IBLOCK_TYPE_ID') === undefined || (id === undefined && code === undefined)) {
    const missing = params.get('IBLOCK_TYPE_ID') === undefined ? 'IBLOCK_TYPE_ID' : 'IBLOCK_ID or IBLOCK_CODE'
    throw new Refusal('ERROR_REQUIRED_PARAMETERS_MISSING', `Required parameter "${missing}" is missing`)
  }
  const isKnown = toText(params.get('IBLOCK_TYPE_ID')) === IBLOCK.type
  if (!isKnown || (toText(id) !== IBLOCK.id && toText(code) !== IBLOCK.code)) {
    throw new Refusal('ERROR_IBLOCK_NOT_FOUND', 'Iblock not found')
  }
}

function elementQuery(world: World, params: PhpArray): ListQuery {
  requireList(params)
  const table = world.tables.get('list-element')
  const fieldOf = (name: string): Field | undefined => table.field(name)
  const names = new Set(
    selectNames(params.get('SELECT'), (value) => elements(value).map(toText)) ?? ['*', 'PROPERTY_*'],
  )
  const fields = table.fields.filter((one) => {
    const isProperty = one.name.startsWith('PROPERTY_')
    return (
      names.has(one.name) ||
      names.has(isProperty ? 'PROPERTY_*' : '*') ||
      (one.name === 'ID' && world.settings.readings['select-id'] === 'present')
    )
  })
  const columns = fields.map((field) => ({ name: field.name, field }))
  return {
    table,
    columns,
    selection: readFilter(params.get('FILTER'), {
      prefixes: LIST_PREFIXES,
      unknownField: 'drop',
      arrayComparison: 'cast',
      hasGroups: false,
      fieldOf,
    }),
    order: readOrder(params.get('ELEMENT_ORDER'), fieldOf),
    selectedShare: selectedShare(columns, table.fields),
    wrap: (rows) => rows,
  }
}
