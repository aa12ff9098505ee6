import { BOOKING } from './booking.ts'
import { CATALOG } from './catalog.ts'
import { CHATS } from './chats.ts'
import { CRM } from './crm.ts'
import type { Lines } from './houses.ts'
import { LANDING } from './landing.ts'
import { expanded } from './line.ts'
import type { ListMethod } from './list-method.ts'
import { LISTS } from './lists.ts'
import { OTHERS } from './others.ts'
import { FIELD_LIST, REST_V3, UNKNOWN_V3 } from './rest-v3.ts'
import { SALE } from './sale.ts'
import { TASKS } from './tasks.ts'
import type { ApiVersion } from '../types.ts'

/** By version of the interface: the same name may exist in both, with another contract. */
const TABLES: Readonly<Record<ApiVersion, Lines>> = {
  v2: { ...CRM, ...CATALOG, ...SALE, ...TASKS, ...CHATS, ...LANDING, ...BOOKING, ...LISTS, ...OTHERS },
  v3: REST_V3,
}

const NOT_IN_TABLE = 'not in the table'

/** Names of methods as the documentation writes them, by the same in lower case. */
const NAMES = { v2: namesOf(TABLES.v2), v3: namesOf(TABLES.v3) }

function namesOf(table: Lines): ReadonlyMap<string, string> {
  return new Map(Object.keys(table).map((method) => [method.toLowerCase(), method]))
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
    const method = NAMES[version].get(wanted)
    const line = method === undefined ? undefined : TABLES[version][method]
    if (method !== undefined && line !== undefined) return expanded(method, line)
  }
  return api === 'v3' && /\.field\.list$/.test(wanted) ? expanded(name, FIELD_LIST) : undefined
}

/** All methods of the table. */
export function listMethods(): ListMethod[] {
  return Object.values(TABLES).flatMap((table) =>
    Object.entries(table).map(([method, line]) => expanded(method, line)),
  )
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
