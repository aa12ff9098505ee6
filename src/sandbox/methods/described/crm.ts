import {
  type ListColumn,
  choice,
  codeId,
  column,
  constant,
  created,
  digits,
  numberId,
  numeric,
  textId,
  title,
} from '../../described/columns.ts'
import type { ListDescription } from '../../described/description.ts'
import { byStart, undocumented, wholeAnswer } from '../../described/pagers.ts'
import { groupedBy, under } from '../../described/shapes.ts'

/** Lists of CRM that are neither deals nor like them. */
export const CRM: readonly ListDescription[] = [
  {
    name: 'crm.timeline.logmessage.list',
    rows: {
      table: 'logmessage',
      per: ['entityTypeId', 'entityId'],
      count: 64,
      columns: () => [
        numberId(),
        created('created'),
        numeric('authorId', 173),
        title('title'),
        choice('iconCode', 'info', 'call'),
      ],
    },
    needs: ['entityTypeId', 'entityId'],
    asking: { order: 'order', isFalling: true },
    paging: byStart({ size: 10, minusOne: 'controller' }),
  },
  {
    name: 'crm.orderentity.list',
    rows: {
      table: 'orderentity',
      columns: () => [numeric('orderId', 9000), numeric('ownerId', 9000), numeric('ownerTypeId', 4)],
    },
    asking: { filter: 'filter', order: 'order', select: 'select' },
    paging: byStart({ minusOne: 'all' }),
    shape: under('orderEntity'),
  },
  {
    name: 'crm.currency.list',
    rows: {
      table: 'currency',
      count: 75,
      ids: 'dense',
      columns: () => [
        codeId('CURRENCY', (_, row) => currencyCode(row.id)),
        choice('AMOUNT_CNT', '1', '100'),
        column('AMOUNT', 'string', (n) => `${n % 900}.0000`),
        digits('SORT', 900),
        title('FULL_NAME'),
      ],
    },
    asking: { order: 'order' },
    paging: wholeAnswer('zero'),
  },
  {
    name: 'crm.category.list',
    rows: {
      table: 'category',
      per: ['entityTypeId'],
      count: 65,
      columns: (type) => [
        numberId(),
        title('name'),
        numeric('sort', 900),
        constant('entityTypeId', Number(type)),
      ],
    },
    needs: ['entityTypeId'],
    paging: undocumented(),
    shape: under('categories'),
  },
  {
    name: 'crm.timeline.bindings.list',
    rows: {
      table: 'bindings',
      per: ['filter.OWNER_ID'],
      count: 70,
      columns: (owner) => [
        constant('OWNER_ID', owner),
        digits('ENTITY_ID', 9000),
        choice('ENTITY_TYPE', 'deal', 'lead', 'company'),
      ],
    },
    asking: { filter: 'filter', neededInFilter: ['OWNER_ID'] },
    paging: undocumented(),
  },
  {
    name: 'crm.address.list',
    rows: {
      table: 'address',
      columns: () => [
        digits('TYPE_ID', 3),
        constant('ENTITY_TYPE_ID', '8'),
        digits('ENTITY_ID', 9000),
        title('ADDRESS_1'),
        choice('CITY', 'Москва', null),
      ],
    },
    asking: { filter: 'filter', order: 'order', select: 'select' },
    paging: byStart({ total: 'page' }),
  },
  {
    name: 'crm.duplicate.findbycomm',
    rows: {
      table: 'duplicates',
      per: ['values'],
      count: 60,
      columns: () => [choice('ENTITY', 'LEAD', 'CONTACT', 'COMPANY'), numberId('ID')],
    },
    needs: ['type', 'values'],
    paging: wholeAnswer(),
    shape: groupedBy('ENTITY', 'ID'),
  },
  userFields('crm.deal.userfield.list', 'crm', 'CRM_DEAL'),
  userFields('user.userfield.list', 'user.userfield', 'USER'),
]

function userFields(name: string, scope: string, entity: string): ListDescription {
  return {
    name,
    scope,
    rows: { table: name, count: 62, columns: () => userFieldColumns(entity) },
    asking: { filter: 'filter', order: 'order' },
    paging: undocumented(),
  }
}

function userFieldColumns(entity: string): readonly ListColumn[] {
  return [
    textId(),
    constant('ENTITY_ID', entity),
    column('FIELD_NAME', 'string', (_, row) => `UF_${entity}_${row.id}`),
    choice('USER_TYPE_ID', 'string', 'enumeration', 'money', 'crm_status'),
    choice('XML_ID', null),
    digits('SORT', 900),
    choice('MULTIPLE', 'Y', 'N'),
  ]
}

/** AAA, AAB ...: a code of three letters for each number. */
function currencyCode(number: number): string {
  const letter = (place: number): string => String.fromCharCode(65 + (Math.floor(number / 26 ** place) % 26))
  return letter(2) + letter(1) + letter(0)
}
