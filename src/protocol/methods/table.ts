import { CRM } from './crm.ts'
import { expanded } from './line.ts'
import type { ListMethod } from './list-method.ts'
import { OTHERS } from './others.ts'
import { TASKS } from './tasks.ts'

const LINES = Object.assign({}, CRM, TASKS, OTHERS)
const NAMES = new Map(Object.keys(LINES).map((method) => [method.toLowerCase(), method]))

/** Looks up what is known of a list method. */
export type FindMethod = (method: string) => ListMethod | undefined

/** What is known of a list method; names are matched as the portal does, without regard to case. */
export const listMethod: FindMethod = (name) => {
  const method = NAMES.get(name.toLowerCase())
  const line = method === undefined ? undefined : LINES[method]
  return method === undefined || line === undefined ? undefined : expanded(method, line)
}

/** All methods of the table, in the documentation's own casing. */
export function listMethods(): ListMethod[] {
  return Object.entries(LINES).map(([method, line]) => expanded(method, line))
}

/**
 * A method that we do not know: paged by `start`, the one dialect that shows its end in each answer. Its parameters go
 * out as they are given: where its filter and selection stand is not guessed.
 */
export function unknownListMethod(method: string): ListMethod {
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
    source: 'not in the table',
  }
}
