import { bracketPath } from '../params.ts'
import type { Params } from '../types.ts'
import type { Place } from '../places.ts'
import type { FilterPrefix, ListFilter, ListMethod, Paging, RowsPlace } from './list-method.ts'

/**
 * What is known of a method in short: one line of the table. What it leaves out is as its house has it; `none` says that
 * there is no such thing. Places are written with brackets: `params[filter]`.
 */
export interface Line {
  /** Where it was read: a page below `https://apidocs.bitrix24.com/api-reference/`, without `.html`. */
  readonly page: string
  readonly api?: 'v3'
  /** `items`, `report[days]`, nothing for `result` itself; `{}` behind it for keyed rows, `{[]}` for groups, `|{}` for one row. */
  readonly rows?: string
  readonly losesKeys?: true
  /** A member of rows that is a whole number. */
  readonly id?: string
  /** A member of rows that is no number. */
  readonly code?: string
  /** As filter, order and select spell the id, if rows do not spell it so. */
  readonly idInFilter?: string
  readonly paging?: Paging
  readonly filter?: string
  readonly prefixes?: readonly FilterPrefix[]
  readonly select?: string
  readonly selectNeeds?: readonly string[]
  readonly usualSelect?: readonly string[]
  /** The parameter that takes a map `{ID: 'ASC'}`. */
  readonly order?: string
  /** Two parameters, one with the name of a field and one with the direction. */
  readonly sortBy?: readonly [field: string, direction: string]
  readonly fields?: string | NonNullable<ListMethod['fields']>
  readonly hasCamelCaseRows?: true
  /** `a|b` for either of them. */
  readonly needs?: readonly string[]
  readonly takes?: readonly string[]
  readonly positions?: readonly string[]
  readonly spelling?: ListMethod['fieldSpelling'] | 'any'
  readonly booleans?: ListMethod['booleans']
  readonly isForApplications?: true
  readonly deprecated?: string
  readonly changesState?: string
  readonly hasFalseTotal?: true
  readonly notice?: string
}

/** What a house has in common: lines that are complete but for the page. */
export type House = Omit<Line, 'page'>

export const ALL_PREFIXES: readonly FilterPrefix[] = ['', '!', '>', '>=', '<', '<=', '%', '@', '!@']

const DOCS = 'https://apidocs.bitrix24.com/api-reference/'
const NONE = 'none'
const FORMS: Readonly<Record<string, RowsPlace['form']>> = {
  '{}': 'keyed',
  '{[]}': 'grouped',
  '|{}': 'array-or-row',
}

/** A line of the table in full. */
export function expanded(method: string, line: Line): ListMethod {
  const api = line.api ?? 'v2'
  const filter = filterOf(line)
  const { fields } = line
  return {
    method,
    api,
    paging: line.paging ?? { by: 'whole' },
    rows: rowsPlace(line),
    id: idOf(line),
    filter,
    select: placeOf(line.select),
    ...given('selectNeeds', line.selectNeeds),
    ...given('usualSelect', line.usualSelect),
    ...orderOf(line),
    ...given('fields', typeof fields === 'string' ? { method: fields, at: '', needs: [] } : fields),
    ...given('hasCamelCaseRows', line.hasCamelCaseRows),
    needs: (line.needs ?? []).map((need) => need.split('|')),
    takes: line.takes ?? [],
    ...given('positions', line.positions),
    fieldSpelling: line.spelling === 'any' ? undefined : line.spelling,
    booleans: line.booleans ?? 'Y/N',
    ...given('isForApplications', line.isForApplications),
    ...given('deprecated', line.deprecated),
    ...given('changesState', line.changesState),
    ...given('hasFalseTotal', line.hasFalseTotal),
    ...given('notice', line.notice),
    source: `${DOCS}${line.page}.html`,
  }
}

function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>)
}

function placeOf(text: string | undefined): Place | undefined {
  return text === undefined || text === NONE ? undefined : bracketPath(text)
}

function rowsPlace({ rows = '', losesKeys }: Line): RowsPlace {
  const [, at = '', form] = /^(.*?)(\|\{\}|\{\}|\{\[\]\})?$/.exec(rows) ?? []
  return {
    at: at === '' ? [] : bracketPath(at),
    form: FORMS[form ?? ''] ?? 'array',
    ...given('losesKeys', losesKeys),
  }
}

function idOf({ id, code, idInFilter }: Line): ListMethod['id'] {
  const inRows = code ?? id
  if (inRows === undefined || inRows === NONE) return undefined
  return { inRows, inFilter: idInFilter ?? inRows, isNumber: code === undefined }
}

function filterOf({ filter, prefixes = ALL_PREFIXES, api }: Line): ListFilter | undefined {
  if (filter === undefined || filter === NONE) return undefined
  // Without a parameter that holds them, conditions are plain parameters.
  const at = filter === '' ? [] : bracketPath(filter)
  return { at, form: api === 'v3' ? 'conditions' : 'map', prefixes: filter === '' ? [''] : prefixes }
}

/** Ascending ids, where the method takes an order and rows have a number. */
function orderOf(line: Line): Pick<ListMethod, 'idOrder' | 'orderAt'> {
  const id = idOf(line)
  if (line.sortBy !== undefined) {
    const [field, direction] = line.sortBy
    return {
      idOrder: id?.isNumber === true ? { [field]: id.inFilter, [direction]: 'ASC' } : {},
      orderAt: [[field], [direction]],
    }
  }
  const at = placeOf(line.order)
  if (at === undefined) return { idOrder: {}, orderAt: [] }
  const order: Params = id?.isNumber === true ? { [id.inFilter]: 'ASC' } : {}
  const isOrdered = id?.isNumber === true
  return {
    idOrder: isOrdered ? at.reduceRight<Params>((inner, name) => ({ [name]: inner }), order) : {},
    orderAt: [at],
  }
}
