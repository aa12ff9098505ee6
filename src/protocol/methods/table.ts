import { BOOKING } from './booking.ts'
import { CATALOG } from './catalog.ts'
import { CHATS } from './chats.ts'
import { CRM } from './crm.ts'
import type { Lines } from './houses.ts'
import { LANDING } from './landing.ts'
import { expanded, type Line } from './line.ts'
import type { ListMethod } from './list-method.ts'
import { LISTS } from './lists.ts'
import { OTHERS } from './others.ts'
import { FIELD_LIST, REST_V3, UNKNOWN_V3 } from './rest-v3.ts'
import { SALE } from './sale.ts'
import { TASKS } from './tasks.ts'
import type { ApiVersion } from '../types.ts'

/** Which part of the table has a method, by the first word of its name; all others are in the last one. */
const PARTS: readonly (readonly [RegExp, () => Lines])[] = [
  [/^crm\./, CRM],
  [/^catalog\./, CATALOG],
  [/^sale\./, SALE],
  [/^tasks?\./, TASKS],
  [/^im(?:bot|connector|openlines)?\./, CHATS],
  [/^landing\./, LANDING],
  [/^booking\./, BOOKING],
  [/^(?:lists|entity|bizproc|sonet_group|voximplant)\./, LISTS],
  [/^/, OTHERS],
]

const NOT_IN_TABLE = 'not in the table'

/** A part of the table, by names in lower case; it is made when it is needed first. */
type Part = ReadonlyMap<string, readonly [method: string, line: Line]>
const made = new Map<() => Lines, Part>()

function part(lines: () => Lines): Part {
  const before = made.get(lines)
  if (before !== undefined) return before
  const entries = Object.entries(lines()).map(
    ([method, line]) => [method.toLowerCase(), [method, line]] as const,
  )
  const names: Part = new Map(entries)
  made.set(lines, names)
  return names
}

/** The same name may exist in both versions, with another contract. */
function partOf(name: string, api: ApiVersion): Part {
  const [, lines] = PARTS.find(([pattern]) => pattern.test(name)) ?? []
  return part(api === 'v3' || lines === undefined ? REST_V3 : lines)
}

/**
 * What is known of a list method; names are matched as the portal does, without regard to case.
 *
 * @param api the version that is wanted; if left out, the one in which the method exists, v2 before v3
 */
export type FindMethod = (method: string, api?: ApiVersion) => ListMethod | undefined

export const listMethod: FindMethod = (name, api) => {
  const wanted = name.toLowerCase()
  for (const version of api === undefined ? (['v2', 'v3'] as const) : [api]) {
    const [method, line] = partOf(wanted, version).get(wanted) ?? []
    if (method !== undefined && line !== undefined) return expanded(method, line)
  }
  return api === 'v3' && /\.field\.list$/.test(wanted) ? expanded(name, FIELD_LIST) : undefined
}

/** All methods of the table. */
export function listMethods(): ListMethod[] {
  const parts = [...PARTS.map(([, lines]) => lines), REST_V3]
  return parts.flatMap((lines) => [...part(lines).values()].map(([method, line]) => expanded(method, line)))
}

/**
 * A method that we do not know: paged by `start`, the one dialect that shows its end in each answer. Its parameters go
 * out as they are given: where its filter and selection stand is not guessed. REST 3.0 has one form for all of that.
 */
export function unknownListMethod(method: string, api: ApiVersion = 'v2'): ListMethod {
  if (api === 'v3') return { ...expanded(method, UNKNOWN_V3), isUnknown: true, source: NOT_IN_TABLE }
  return {
    method,
    api: 'v2',
    paging: { by: 'start', pageRows: 50 },
    rows: { at: [], form: 'array' },
    id: undefined,
    filter: undefined,
    select: undefined,
    idOrder: {},
    orderAt: [],
    needs: [],
    takes: [],
    fieldSpelling: undefined,
    booleans: '1/0',
    isUnknown: true,
    source: NOT_IN_TABLE,
  }
}
