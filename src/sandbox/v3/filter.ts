import { type Row, comparesAs } from '../data/fields.ts'
import type { ListColumn } from '../described/columns.ts'
import { EVERYTHING, type Selection, readFilter } from '../query/filter.ts'
import { jsonText } from '../php-json.ts'
import { type PhpArray, type Value, elements, isArray, map, toText } from '../values.ts'
import { V3Refusal, invalidField, unknownField } from './refusals.ts'

/** What each operator is called in the filters of the older API. */
const PREFIX_OF: Readonly<Record<string, string>> = {
  '=': '=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  in: '@',
  between: '><',
}
const PREFIXES = new Set(Object.values(PREFIX_OF))

/** Whose fields a filter may name. */
export interface Filterable {
  /** What errors call the object. */
  readonly entity: string
  readonly columns: readonly ListColumn[]
  /** Names that may be filtered by; all of them if left out. */
  readonly filterable: readonly string[] | undefined
}

/**
 * Reads `[["id", ">", 5], ["status", ["a", "b"]], {"logic": "or", "conditions": [...]}]`; one condition may stand alone.
 * @throws V3Refusal for what cannot be read
 */
export function readV3Filter(filter: Value | undefined, of: Filterable): Selection {
  if (filter === undefined || filter === null) return EVERYTHING
  if (!isArray(filter)) throw unreadable(filter)
  const selection = typeof filter.get('0') === 'string' ? condition(filter, of) : all(elements(filter), of)
  return { ...selection, key: jsonText(filter) }
}

function all(parts: readonly Value[], of: Filterable): Selection {
  return parts.map((part) => selectionOf(part, of)).reduce(both, EVERYTHING)
}

function selectionOf(part: Value, of: Filterable): Selection {
  if (!isArray(part)) throw unreadable(part)
  const conditions = part.get('conditions')
  if (conditions === undefined) return condition(part, of)
  if (toText(part.get('logic')).toLowerCase() !== 'or') return all(elements(conditions), of)
  const choices = elements(conditions).map((one) => selectionOf(one, of))
  return { ...EVERYTHING, tests: [(row) => choices.some((one) => passes(one, row))] }
}

function condition(part: PhpArray, { entity, columns, filterable }: Filterable): Selection {
  const [name, second, third] = elements(part)
  const hasOperator = third !== undefined
  const value = (hasOperator ? third : second) ?? ''
  const operator = hasOperator ? toText(second) : isArray(value) ? 'in' : '='
  const prefix = PREFIX_OF[operator]
  if (prefix === undefined) {
    throw new V3Refusal('UNKNOWNFILTEROPERATOREXCEPTION', `Неизвестный оператор фильтра \`${operator}\``)
  }
  const column = columns.find((one) => one.asked === name)
  if (column === undefined) throw unknownField(toText(name), entity)
  if (filterable?.includes(column.asked) === false) throw unreadable(part)
  requireType(column, value)
  return readFilter(map([[`${prefix}${column.asked}`, value]]), {
    prefixes: PREFIXES,
    unknownField: 'drop',
    arrayComparison: 'refuse',
    hasGroups: false,
    fieldOf: () => column.field,
  })
}

/** @throws V3Refusal for a text where a number belongs */
function requireType({ asked, field }: ListColumn, value: Value): void {
  if (comparesAs(field) !== 'number') return
  const isNumeric = elements(value).every((one) => !isArray(one) && /^-?\d+(\.\d+)?$/.test(toText(one)))
  if (!isNumeric) throw invalidField(asked, `Поле \`${asked}\` должно быть числом`)
}

function both(left: Selection, right: Selection): Selection {
  const { ids } = left
  return {
    ...left,
    least: Math.max(left.least, right.least),
    most: Math.min(left.most, right.most),
    ids: ids === undefined ? right.ids : ids.filter((id) => right.ids?.includes(id) ?? true),
    tests: [...left.tests, ...right.tests],
  }
}

function passes({ least, most, ids, tests }: Selection, row: Row): boolean {
  return (
    row.id >= least && row.id <= most && (ids?.includes(row.id) ?? true) && tests.every((test) => test(row))
  )
}

function unreadable(part: Value): V3Refusal {
  return new V3Refusal(
    'INVALIDFILTEREXCEPTION',
    `Не удается распознать выражение фильтра \`${jsonText(part)}\``,
  )
}
