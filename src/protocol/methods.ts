import type { Params } from './types.ts'

/** How the rows of a list are reached. */
export type WalkKind =
  /** By id: `filter[>ID]` grows and `start=-1` spares the portal the count. */
  | 'keyset'
  /** By `start`: every page counts all rows, and rows that come or go move the others. */
  | 'offset'
  /** The method answers all rows at once. */
  | 'whole'

/** How a filter's key says what to compare: equal, unequal, one of, part of … */
export type FilterPrefix = '' | '!' | '>' | '>=' | '<' | '<=' | '%' | '@' | '!@'

/** What is known of a method that answers rows. Names are the portal's own, in its own casing. */
export interface ListMethod {
  readonly method: string
  readonly walk: WalkKind
  /** Key below `result` that holds the rows; empty if `result` is the list itself. */
  readonly rowsAt: string
  /** The identifier as rows spell it, and as filter, order and select spell it. */
  readonly idInRows: string
  readonly idInFilter: string
  readonly filterName: string
  /** Comparisons that its filter knows; others are dropped in silence. */
  readonly prefixes: readonly FilterPrefix[]
  readonly selectName: string | undefined
  /** How ascending ids are asked for. */
  readonly idOrder: Params
  /** Names of the parameters that set the order; the walk owns them. */
  readonly orderNames: readonly string[]
  /** The method that tells the names of fields, where in its result they stand, and what it needs of our parameters. */
  readonly fields?: { readonly method: string; readonly at: string; readonly needs: readonly string[] }
  /** Rows have `createdDate` where filter, select and the list of fields have `CREATED_DATE`. */
  readonly hasCamelCaseRows?: true
  /** Parameters without which the portal refuses; of each inner list one suffices. */
  readonly needs: readonly (readonly string[])[]
  /** How filter and select spell fields; a field in another spelling is dropped without a word. */
  readonly fieldSpelling: 'UPPER_CASE' | 'camelCase' | undefined
  /** How yes and no are written in the filter; user fields of either kind take 1 and 0. */
  readonly booleans: 'Y/N' | '1/0'
  /** Where this was read. */
  readonly source: string
}

const DOCS = 'https://apidocs.bitrix24.com/api-reference'

/** The house rule of the CRM's own lists; what a method does differently stands in its line. */
const CRM: Omit<ListMethod, 'method' | 'source'> = {
  walk: 'keyset',
  rowsAt: '',
  idInRows: 'ID',
  idInFilter: 'ID',
  filterName: 'filter',
  prefixes: ['', '!', '>', '>=', '<', '<=', '%', '@', '!@'],
  selectName: 'select',
  idOrder: { order: { ID: 'ASC' } },
  orderNames: ['order'],
  needs: [],
  fieldSpelling: 'UPPER_CASE',
  booleans: 'Y/N',
}

function fieldsOf(method: string): NonNullable<ListMethod['fields']> {
  return { method, at: '', needs: [] }
}

const LIST_METHODS: readonly ListMethod[] = [
  {
    ...CRM,
    method: 'crm.deal.list',
    fields: fieldsOf('crm.deal.fields'),
    source: `${DOCS}/crm/deals/crm-deal-list.html`,
  },
  {
    ...CRM,
    method: 'crm.lead.list',
    fields: fieldsOf('crm.lead.fields'),
    source: `${DOCS}/crm/leads/crm-lead-list.html`,
  },
  {
    ...CRM,
    method: 'crm.contact.list',
    fields: fieldsOf('crm.contact.fields'),
    source: `${DOCS}/crm/contacts/crm-contact-list.html`,
  },
  {
    ...CRM,
    method: 'crm.company.list',
    fields: fieldsOf('crm.company.fields'),
    source: `${DOCS}/crm/companies/crm-company-list.html`,
  },
  {
    ...CRM,
    method: 'crm.quote.list',
    fields: fieldsOf('crm.quote.fields'),
    source: `${DOCS}/crm/quote/crm-quote-list.html`,
  },
  {
    ...CRM,
    method: 'crm.requisite.list',
    fields: fieldsOf('crm.requisite.fields'),
    source: `${DOCS}/crm/requisites/universal/crm-requisite-list.html`,
  },
  {
    ...CRM,
    method: 'crm.activity.list',
    fields: fieldsOf('crm.activity.fields'),
    source: `${DOCS}/crm/timeline/activities/activity-base/crm-activity-list.html`,
  },
  {
    ...CRM,
    method: 'crm.item.list',
    rowsAt: 'items',
    idInRows: 'id',
    idInFilter: 'id',
    idOrder: { order: { id: 'ASC' } },
    fields: { method: 'crm.item.fields', at: 'fields', needs: ['entityTypeId'] },
    fieldSpelling: 'camelCase',
    needs: [['entityTypeId']],
    source: `${DOCS}/crm/universal/crm-item-list.html`,
  },
  {
    ...CRM,
    method: 'crm.stagehistory.list',
    rowsAt: 'items',
    needs: [['entityTypeId']],
    source: `${DOCS}/crm/crm-stage-history-list.html`,
  },
  {
    ...CRM,
    method: 'crm.status.list',
    walk: 'whole',
    selectName: undefined,
    source: `${DOCS}/crm/status/crm-status-list.html`,
  },
  {
    ...CRM,
    method: 'tasks.task.list',
    rowsAt: 'tasks',
    idInRows: 'id',
    prefixes: ['', '!', '>', '>=', '<', '<='],
    fields: { method: 'tasks.task.getFields', at: 'fields', needs: [] },
    hasCamelCaseRows: true,
    source: `${DOCS}/tasks/tasks-task-list.html`,
  },
  {
    ...CRM,
    method: 'user.get',
    filterName: 'FILTER',
    // Newer portals select, older ones ignore that and answer all fields.
    selectName: undefined,
    idOrder: { sort: 'ID', order: 'ASC' },
    orderNames: ['sort', 'order'],
    booleans: '1/0',
    source: `${DOCS}/user/user-get.html`,
  },
  {
    // It filters by equality only, at the top level, so there is nothing to walk by.
    ...CRM,
    method: 'department.get',
    walk: 'offset',
    filterName: '',
    selectName: undefined,
    idOrder: { sort: 'ID', order: 'ASC' },
    orderNames: ['sort', 'order'],
    source: `${DOCS}/departments/department-get.html`,
  },
  {
    ...CRM,
    method: 'lists.element.get',
    filterName: 'FILTER',
    fieldSpelling: undefined,
    prefixes: ['', '>', '>=', '<', '<=', '%'],
    selectName: 'SELECT',
    idOrder: { ELEMENT_ORDER: { ID: 'ASC' } },
    orderNames: ['ELEMENT_ORDER'],
    needs: [['IBLOCK_TYPE_ID'], ['IBLOCK_ID', 'IBLOCK_CODE']],
    source: `${DOCS}/lists/elements/lists-element-get.html`,
  },
]

const BY_NAME = new Map(LIST_METHODS.map((entry) => [entry.method.toLowerCase(), entry]))

/** What is known of a list method; names are matched as the portal does, without regard to case. */
export function listMethod(method: string): ListMethod | undefined {
  return BY_NAME.get(method.toLowerCase())
}

/**
 * A method that we do not know: paged by `start`, the one dialect that shows its end in each answer. Its parameters go
 * out as they are given: where its filter and selection stand is not guessed.
 */
export function unknownListMethod(method: string): ListMethod {
  return {
    ...CRM,
    method,
    walk: 'offset',
    filterName: '',
    selectName: undefined,
    prefixes: [],
    idOrder: {},
    orderNames: [],
    fieldSpelling: undefined,
    booleans: '1/0',
    source: 'not in the table',
  }
}

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

/** Methods whose names say that they read, but that take what they answer off a queue. */
const READING_CHANGES_STATE = new Set(['event.offline.get'])

/** Whether a method is known to change nothing; whatever is not known counts as a write. */
export function isRead(method: string): boolean {
  const name = method.toLowerCase()
  if (READING_CHANGES_STATE.has(name)) return false
  return BY_NAME.has(name) || READING.has(name.split('.').at(-1) ?? '')
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
