import { listMethod } from './table.ts'

/** Last segments of methods that only read. */
const READING = new Set([
  'list',
  'get',
  'getlist',
  'getbyid',
  'getchildren',
  'fields',
  'getfields',
  'count',
  'search',
  'types',
  'current',
])

/** Whether a method is known to change nothing; whatever is not known counts as a write. */
export function isRead(method: string): boolean {
  const known = listMethod(method)
  if (known !== undefined) return known.changesState === undefined
  return READING.has(method.toLowerCase().split('.').at(-1) ?? '')
}

/** What a write does, as far as its name says: last segments that take something away, and those that make something. */
const DELETING = new Set(['delete', 'remove', 'destroy', 'unregister', 'unbind', 'clear', 'markdeleted'])
const ADDING = new Set(['add', 'create', 'register', 'import', 'upload', 'send'])

export type CallKind = 'read' | 'add' | 'delete' | 'change'

/** What a call does to the portal; whatever is not known to read, add or delete counts as a change. */
export function callKind(method: string): CallKind {
  if (isRead(method)) return 'read'
  const last = method.toLowerCase().split('.').at(-1) ?? ''
  if (DELETING.has(last) || last.startsWith('delete')) return 'delete'
  return ADDING.has(last) ? 'add' : 'change'
}

/** Calls that cannot stand in a batch. https://apidocs.bitrix24.com/api-reference/how-to-call-rest-api/batch.html */
export const NOT_IN_BATCH: ReadonlySet<string> = new Set(['batch', 'download', 'upload'])

const METHOD_NAME = /^[a-z][\w-]*(\.[\w-]+)*$/i

export function isMethodName(text: string): boolean {
  return METHOD_NAME.test(text)
}
