import { type Row, fieldValue } from '../data/fields.ts'
import type { Pager, PageRequest } from '../described/description.ts'
import { given } from '../described/given.ts'
import { stretch } from '../described/pages.ts'
import { compareStored, valueTest } from '../query/comparison.ts'
import { jsonText } from '../php-json.ts'
import { type PhpArray, type Value, isArray, map, toInt, toText } from '../values.ts'
import { V3Refusal } from './refusals.ts'

/** `pagination`: a page and a limit, or a limit and an offset. Nothing says how many there are. */
export function byPagination(size: number, most: number): Pager {
  return (request) => {
    const { params } = request.call
    const asked = paginationOf(params)
    const limit = limitOf(asked, size, most)
    const page = numberIn(asked, 'page')
    const offset = page === undefined ? (numberIn(asked, 'offset') ?? 0) : (Math.max(1, page) - 1) * limit
    const { rows, offset: from } = stretch(request, offset, limit)
    return { rows, offset: from }
  }
}

/** The first rows alone; `more` says whether there are others, which nothing leads to. */
export function firstRows(place: string, size: number, most: number, more?: string): Pager {
  return (request) => {
    const asked = given(request.call.params, place)
    const limit = limitOf(
      isArray(asked) ? asked : map(asked === undefined ? [] : [['limit', asked]]),
      size,
      most,
    )
    const { rows, count } = stretch(request, 0, limit)
    return { rows, ...(more === undefined ? {} : { beside: { [more]: count > limit } }) }
  }
}

/** `cursor`: rows behind a value of a field. The caller makes the next cursor of the last row. */
export function byCallersCursor(columnOf: (name: string) => string | undefined): Pager {
  return (request) => {
    const { params } = request.call
    const given_ = params.get('cursor')
    const cursor = isArray(given_) ? given_ : map({})
    const name = toText(cursor.get('field') ?? 'id')
    const field = request.query.table.field(columnOf(name) ?? '')
    if (field === undefined) throw unreadablePagination(cursor)
    if (jsonText(params.get('filter') ?? null).includes(`"${name}"`)) {
      throw new V3Refusal(
        'INVALIDFILTEREXCEPTION',
        `Не удается распознать выражение фильтра \`Cursor field ${name} cannot be used at filter.\``,
      )
    }
    const isDescending = toText(cursor.get('order')).toUpperCase() === 'DESC'
    const operator = isDescending ? 'less' : 'greater'
    const isBehind = valueTest(field, { operator, isNegated: false }, cursor.get('value') ?? 0)
    const behind = narrowed(request, (row) => isBehind(fieldValue(row, field)), jsonText(cursor))
    const order = [{ field, isDescending }]
    const { rows } = stretch({ ...behind, query: { ...behind.query, order } }, 0, limitOf(cursor, 50, 1000))
    return { rows }
  }
}

export interface OpaqueCursor {
  readonly size: number
  readonly most: (params: PhpArray) => number
  /** The field of the table that rows are ordered by, with their number as the second one. */
  readonly field: string
  readonly isFalling: boolean
  /** What the cursor calls the two, and how it numbers rows. */
  readonly names: readonly [string, string]
  readonly numberOf: (row: Row) => number
  /** What stands beside the rows, from the cursor of the last of them and whether there are more. */
  readonly marks: (cursor: Value, hasMore: boolean) => Readonly<Record<string, Value>>
}

/** A cursor that the answer hands out and `pagination.afterCursor` takes back unchanged. */
export function byOpaqueCursor({
  size,
  most,
  field: name,
  isFalling,
  names,
  numberOf,
  marks,
}: OpaqueCursor): Pager {
  return (request) => {
    const { params } = request.call
    const { table } = request.query
    const field = table.field(name)
    if (field === undefined) throw new Error(`no field ${name}`)
    const asked = paginationOf(params)
    const after = asked.get('afterCursor')
    const isBehind = (row: Row): boolean => {
      if (!isArray(after)) return true
      const compared = compareStored(field, fieldValue(row, field), after.get(names[0]))
      const inOrder = isFalling ? -compared : compared
      return inOrder > 0 || (inOrder === 0 && numberOf(row) > toInt(after.get(names[1])))
    }
    const behind = narrowed(request, isBehind, jsonText(after ?? null))
    const order = [{ field, isDescending: isFalling }]
    const limit = limitOf(asked, size, most(params))
    const { rows, count, placed } = stretch({ ...behind, query: { ...behind.query, order } }, 0, limit)
    const last = rows.at(-1)
    const cursor =
      last === undefined
        ? null
        : map({ [names[0]]: fieldValue(last, field) ?? null, [names[1]]: numberOf(last) })
    return { rows, beside: marks(cursor, count > placed) }
  }
}

function paginationOf(params: PhpArray): PhpArray {
  const pagination = params.get('pagination')
  if (pagination === undefined || pagination === null) return map({})
  if (!isArray(pagination)) throw unreadablePagination(pagination)
  return pagination
}

/** A limit above the greatest is cut without a word. @throws V3Refusal for one that is none */
function limitOf(pagination: PhpArray, size: number, most: number): number {
  const limit = numberIn(pagination, 'limit')
  if (limit !== undefined && limit <= 0) throw unreadablePagination(pagination)
  return Math.min(limit ?? size, most)
}

function numberIn(pagination: PhpArray, name: string): number | undefined {
  const value = pagination.get(name)
  if (value === undefined || value === null) return undefined
  if (isArray(value) || !/^\d+$/.test(toText(value))) throw unreadablePagination(pagination)
  return toInt(value)
}

function unreadablePagination(value: Value): V3Refusal {
  return new V3Refusal(
    'INVALIDPAGINATIONEXCEPTION',
    `Не удается распознать параметр пагинации \`${jsonText(value)}\``,
  )
}

function narrowed(request: PageRequest, test: (row: Row) => boolean, key: string): PageRequest {
  const { selection } = request.query
  return {
    ...request,
    query: {
      ...request.query,
      selection: { ...selection, key: `${selection.key} ${key}`, tests: [...selection.tests, test] },
    },
  }
}
