import type { ApiVersion } from './types.ts'

/** What is known of a method that answers for one id. Names are the portal's own. */
export interface ByIdMethod {
  readonly method: string
  /** The parameter that takes the id, in brackets where it is nested. */
  readonly idParam: string
  /** One thing, which may be missing; or a list, which may be empty. */
  readonly answers: 'one' | 'list'
  /** Parameters without which the portal refuses; of each inner list one suffices. */
  readonly needs: readonly (readonly string[])[]
}

const ONE = { answers: 'one', needs: [] } as const
const LIST = { answers: 'list', needs: [] } as const

/** https://apidocs.bitrix24.com/api-reference, the page of each method. */
const BY_ID_METHODS: readonly ByIdMethod[] = [
  ...['deal', 'lead', 'contact', 'company', 'quote', 'activity', 'requisite', 'status', 'product'].map(
    (entity) => ({ ...ONE, method: `crm.${entity}.get`, idParam: 'id' }),
  ),
  { ...ONE, method: 'crm.item.get', idParam: 'id', needs: [['entityTypeId']] },
  ...['deal.contact', 'lead.contact', 'quote.contact', 'contact.company', 'company.contact'].map((pair) => ({
    ...LIST,
    method: `crm.${pair}.items.get`,
    idParam: 'id',
  })),
  ...['deal', 'lead', 'quote'].map((entity) => ({
    ...LIST,
    method: `crm.${entity}.productrows.get`,
    idParam: 'id',
  })),
  {
    ...LIST,
    method: 'crm.item.productrow.list',
    idParam: 'filter[=ownerId]',
    needs: [['filter[=ownerType]']],
  },
  { ...ONE, method: 'crm.timeline.comment.get', idParam: 'id' },
  {
    ...LIST,
    method: 'crm.timeline.comment.list',
    idParam: 'filter[ENTITY_ID]',
    needs: [['filter[ENTITY_TYPE]']],
  },
  {
    ...LIST,
    method: 'crm.activity.list',
    idParam: 'filter[OWNER_ID]',
    needs: [['filter[OWNER_TYPE_ID]']],
  },
  { ...LIST, method: 'crm.stagehistory.list', idParam: 'filter[OWNER_ID]', needs: [['entityTypeId']] },
  {
    ...LIST,
    method: 'crm.requisite.list',
    idParam: 'filter[ENTITY_ID]',
    needs: [['filter[ENTITY_TYPE_ID]']],
  },
  { ...ONE, method: 'tasks.task.get', idParam: 'taskId' },
  { ...LIST, method: 'tasks.task.result.list', idParam: 'taskId' },
  { ...LIST, method: 'tasks.task.history.list', idParam: 'taskId' },
  // These take their parameters by position.
  { ...LIST, method: 'task.checklistitem.getlist', idParam: '0' },
  { ...LIST, method: 'task.commentitem.getlist', idParam: '0' },
  { ...LIST, method: 'task.elapseditem.getlist', idParam: '0' },
  { ...ONE, method: 'user.get', idParam: 'ID' },
  { ...ONE, method: 'department.get', idParam: 'ID' },
  {
    ...ONE,
    method: 'lists.element.get',
    idParam: 'ELEMENT_ID',
    needs: [['IBLOCK_TYPE_ID'], ['IBLOCK_ID', 'IBLOCK_CODE']],
  },
  { ...ONE, method: 'disk.file.get', idParam: 'id' },
  { ...ONE, method: 'disk.folder.get', idParam: 'id' },
  { ...LIST, method: 'disk.folder.getchildren', idParam: 'id' },
  { ...ONE, method: 'catalog.product.get', idParam: 'id' },
  { ...ONE, method: 'sale.order.get', idParam: 'id' },
  { ...ONE, method: 'calendar.event.getbyid', idParam: 'id' },
]

const BY_NAME = new Map(BY_ID_METHODS.map((entry) => [entry.method, entry]))

/** Last words of methods that answer a list for an id; with another name they answer one thing. */
const LISTING = /(?:list|items\.get|rows\.get|getchildren)$/

/** Last words of methods of REST 3.0 that answer a list. */
const LISTING_V3 = /\.(?:\w*list|tail|thread|children|senders|search|subordinates|list\w+)$/

/**
 * What is known of a method, or what its name says; names are matched as the portal does, without regard to case. In REST
 * 3.0 all take an `id`.
 */
export function byIdMethod(method: string, api: ApiVersion = 'v2'): ByIdMethod {
  const name = method.toLowerCase()
  if (api === 'v3')
    return { method, idParam: 'id', answers: LISTING_V3.test(name) ? 'list' : 'one', needs: [] }
  return (
    BY_NAME.get(name) ?? { method, idParam: 'ID', answers: LISTING.test(name) ? 'list' : 'one', needs: [] }
  )
}

/** Parameters that name the thing to change, in whatever casing; the first that is there counts. */
const USUAL_ID_PARAMS = ['id', 'taskid', 'task_id', 'element_id', 'element_code', 'orderid', 'code']

/**
 * What the parameters of a write say which thing it changes; `undefined` if they do not say. Whole numbers are the same in
 * any writing, as they are to the portal.
 */
export function changedId(params: Readonly<Record<string, unknown>>): string | undefined {
  const byName = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]))
  const name = USUAL_ID_PARAMS.find((usual) => byName.has(usual))
  const value = name === undefined ? undefined : byName.get(name)
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  return /^\d+$/.test(text) ? String(BigInt(text)) : text
}
