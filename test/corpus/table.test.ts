import { describe, expect, test } from 'vitest'
import type { ListMethod, Paging } from '../../src/protocol/methods/list-method.ts'
import { listMethod } from '../../src/protocol/methods/table.ts'
import { bracketName } from '../../src/protocol/params.ts'
import { DOCUMENTED, ENTRIES, type Entry, HAS_CORPUS, isObject, nameOf, rowsIn, stepsTo } from './corpus.ts'
import { positionsOf } from './served-list.ts'

/** How pages may be reached, by the documented style. */
const WAYS: readonly (readonly [RegExp, readonly Paging['by'][]])[] = [
  // Pages by `start` may be walked by id; where nobody counts them they are read by position up to an empty one.
  [/^start/, ['keyset', 'start', 'offset']],
  [/^limit\/offset/, ['offset']],
  [/^limit only|^window/, ['first-page']],
  [/^page number|NAV_PARAMS|pageNavigation/, ['page']],
  [/pagination:\{page/, ['offset', 'id-filter']],
  [/^last_id|^cursor object/, ['last-row']],
  [/^cursor/, ['cursor']],
  [/^none/, ['whole', 'start']],
]

/** What a line says otherwise than the collection, and why. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  // A recurring event comes several times with one ID.
  'calendar.event.get': ['id', 'needs'],
  'calendar.event.get.nearest': ['id'],
  // Of one type with twenty hits the portal names no more, so it is a first page.
  'crm.duplicate.findbycomm': ['paging'],
  // A telephone number is nothing to compare.
  'telephony.externalLine.get': ['number'],
  // Its filter is said in words only.
  'crm.productrow.list': ['filter'],
  // One page is all there is, in whatever order.
  'imbot.v2.Chat.User.list': ['order'],
  // By RESULT_TYPE a list or a map, which the keyed form reads both.
  'im.user.list.get': ['form'],
  'entity.item.property.get': ['form'],
  // It has a filter and a selection, inside of params.
  'landing.demos.getPageList': ['filter'],
  'event.offline.get': ['filter', 'order'],
  // Newer portals select, older ones ignore that and answer all fields.
  'user.get': ['select'],
  // The old names still work, and newer pages call it so.
  'task.logitem.list': ['needs'],
  // Conditions are parameters of their own.
  'department.get': ['filter'],
  'log.blogpost.get': ['filter'],
  // Read in one go, or one after the other whatever the order.
  'landing.repowidget.getlist': ['needs'],
  'crm.stagehistory.list': ['needs'],
  // Its total may be read as that of the page, so nothing rests on it.
  'crm.address.list': ['hasFalseTotal'],
}

const CASES = ENTRIES.map((entry) => [nameOf(entry), entry] as const)

describe.skipIf(!HAS_CORPUS)('the table of methods says of', () => {
  test.each(CASES)('%s what the documentation says', (name, entry) => {
    const method = listMethod(entry.method, entry.api)
    if (method === undefined) throw new Error(`${name} is not in the table`)
    const said = sayings(method, entry)
    const documented = sayingsOf(entry, said)
    for (const key of OTHERWISE[name] ?? []) {
      if (key === 'paging' || key === 'number') continue
      expect(said[key], `${key} is argued about for nothing`).not.toEqual(documented[key])
      documented[key] = said[key]
    }
    expect(said).toEqual(documented)
  })

  test.each(CASES)('%s how its pages are reached', (name, entry) => {
    const { paging, id } = listMethod(entry.method, entry.api) ?? {}
    const ways = WAYS.find(([style]) => style.test(entry.pagination_style))?.[1] ?? []
    if (OTHERWISE[name]?.includes('paging') === true) expect(ways).not.toContain(paging?.by)
    else expect(ways).toContain(paging?.by)
    if (paging?.by === 'keyset' || paging?.by === 'id-filter') {
      expect(entry.filter_supports_id_range).not.toBe(false)
      expect(id?.isNumber).toBe(true)
    }
    if (paging?.by === 'offset' || paging?.by === 'first-page' || paging?.by === 'id-filter') {
      if (entry.max_page_size !== undefined) expect(paging.pageRows).toBeLessThanOrEqual(entry.max_page_size)
    }
    if (entry.pagination_style === 'start10') expect(paging).toEqual({ by: 'start', pageRows: 10 })
  })

  test.each(DOCUMENTED.map((one) => [nameOf(one.entry), one] as const))(
    '%s whether its ids are numbers',
    (name, documented) => {
      const { id } = listMethod(documented.entry.method, documented.entry.api) ?? {}
      if (id === undefined) return
      const ids = rowsIn(documented).flatMap((row) => (isObject(row) ? [row[id.inRows]] : []))
      const shown = ids.filter((one) => one !== undefined)
      const isArgued = OTHERWISE[name]?.includes('number') === true
      if (shown.length > 0)
        expect(shown.every((one) => /^"?\d+"?$/.test(JSON.stringify(one)))).toBe(id.isNumber !== isArgued)
    },
  )
})

type Sayings = Record<string, unknown>

function sayings(method: ListMethod, entry: Entry): Sayings {
  const { rows, id, filter, select, orderAt, needs } = method
  return {
    rows: rows.at,
    form: rows.form,
    id: id?.inRows ?? null,
    idInFilter: id === undefined ? null : id.inFilter,
    filter: filter === undefined ? undefined : bracketName(filter.at),
    select: select && bracketName(select),
    order: orderAt.map((place) => bracketName(place)).toSorted(),
    needs: namesIn(needs.flat()),
    positions: method.positions,
    isForApplications: method.isForApplications === true,
    isDeprecated: method.deprecated !== undefined,
    hasFalseTotal: entry.has_total && method.hasFalseTotal === true,
  }
}

function sayingsOf(entry: Entry, said: Sayings): Sayings {
  const casing = entry.params_casing
  const bracketed = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : bracketName(name.split('.'))
  const isUnique = !entry.notes.some((note) => note.includes('unique only together'))
  const id = isUnique ? entry.id_field : null
  const isPositional = entry.positional
  return {
    rows: stepsTo(entry),
    form: formOf(entry),
    id,
    // A note on an id that its filter does not know, or that the table does without, is no name.
    idInFilter: id === null || said['id'] === null ? said['idInFilter'] : (entry.filter_id_field ?? id),
    filter: bracketed(casing['filter']),
    select: bracketed(casing['select']),
    order: [casing['order'], casing['sort']].flatMap((name) => bracketed(name) ?? []).toSorted(),
    needs: namesIn([
      ...entry.required_params.filter((name) => name !== 'filter' && name !== 'select'),
      ...(entry.required_in_filter ?? []).flatMap((one) => one.split('|')).map((name) => `filter[${name}]`),
    ]),
    positions: isPositional ? positionsOf({ entry, answer: {} }) : undefined,
    isForApplications: entry.app_context_only,
    isDeprecated: entry.deprecated,
    hasFalseTotal: entry.total_unreliable !== undefined,
  }
}

function formOf({ rows, sample_is_single_object: isSingle }: Entry): ListMethod['rows']['form'] {
  if (isSingle === true) return 'array-or-row'
  if (rows === 'object-keyed') return 'keyed'
  return rows === 'grouped' ? 'grouped' : 'array'
}

function namesIn(needs: readonly string[]): string[] {
  return [...new Set(needs.flatMap((names) => names.split('+')))].toSorted()
}
