import { CRM } from './crm.ts'
import { expanded } from './line.ts'
import type { ApiVersion } from '../types.ts'
import type { ListMethod } from './list-method.ts'
import { OTHERS } from './others.ts'
import { FIELD_LIST, REST_V3, UNKNOWN_V3 } from './rest-v3.ts'
import { TASKS } from './tasks.ts'

const LINES = Object.assign({}, CRM, TASKS, OTHERS)
const NAMES = new Map(Object.keys(LINES).map((method) => [method.toLowerCase(), method]))

const NOT_IN_TABLE = 'not in the table'

/** Looks up what is known of a list method. */
export type FindMethod = (method: string, api?: ApiVersion) => ListMethod | undefined

const V3_NAMES = new Map(Object.keys(REST_V3).map((method) => [method.toLowerCase(), method]))

/**
 * What is known of a list method, in the API that has it if none is named; names are matched as the portal does, without
 * regard to case.
 */
export const listMethod: FindMethod = (name, api) => {
  if (api === undefined) return listMethod(name, 'v2') ?? listMethod(name, 'v3')
  const [names, lines] = api === 'v2' ? [NAMES, LINES] : [V3_NAMES, REST_V3]
  if (api === 'v3' && /\.field\.list$/i.test(name)) return expanded(name, FIELD_LIST)
  const method = names.get(name.toLowerCase())
  const line = method === undefined ? undefined : lines[method]
  return method === undefined || line === undefined ? undefined : expanded(method, line)
}

/** All methods of the table, in the documentation's own casing. */
export function listMethods(): ListMethod[] {
  return Object.entries(LINES).map(([method, line]) => expanded(method, line))
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
