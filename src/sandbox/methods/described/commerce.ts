import {
  type ListColumn,
  changed,
  choice,
  constant,
  created,
  numberId,
  numeric,
  title,
} from '../../described/columns.ts'
import type { Asking, ListDescription } from '../../described/description.ts'
import { byStart, wholeAnswer } from '../../described/pagers.ts'
import { under } from '../../described/shapes.ts'

const LOWER_CASE: Asking = { filter: 'filter', order: 'order', select: 'select' }
const COUNTED_PAGES = byStart({ minusOne: 'controller' })
/** The one catalogue that the sandbox has. */
const CATALOG_ID = 23

/** Rows under a plural of their own in camel case, ids as numbers, `start` and keyset. */
export const COMMERCE: readonly ListDescription[] = [
  ...products('catalog.product.list', 'products'),
  ...products('catalog.product.offer.list', 'offers'),
  ...products('catalog.product.sku.list', 'units'),
  camelList('catalog.section.list', 'sections', () => [title('name'), constant('iblockId', CATALOG_ID)], {
    neededInFilter: ['iblockId'],
  }),
  camelList('catalog.storeproduct.list', 'storeProducts', () => [
    numeric('productId', 900),
    numeric('storeId', 12),
    numeric('amount', 400),
  ]),
  camelList('catalog.price.list', 'prices', () => [
    numeric('productId', 900),
    numeric('catalogGroupId', 3),
    numeric('price', 9000),
    choice('currency', 'RUB', 'EUR'),
  ]),
  camelList('catalog.document.list', 'documents', () => [title('title'), choice('docType', 'A', 'S', 'M')]),
  camelList('sale.order.list', 'orders', () => [
    numeric('accountNumber', 9000),
    numeric('price', 90_000),
    choice('currency', 'RUB', 'USD'),
    choice('statusId', 'N', 'P', 'F'),
    created('dateInsert'),
    changed('dateUpdate'),
  ]),
  camelList('sale.basketitem.list', 'basketItems', () => [
    title('name'),
    numeric('orderId', 9000),
    numeric('price', 9000),
    numeric('quantity', 9),
  ]),
  {
    name: 'crm.item.productrow.list',
    rows: {
      table: 'productrow',
      count: 120,
      per: ['filter.=ownerType', 'filter.=ownerId'],
      columns: (owner) => {
        const [type = '', id = ''] = owner.split(' ')
        return [
          numberId(),
          constant('ownerType', type),
          constant('ownerId', Number(id)),
          title('productName'),
          numeric('price', 9000),
          numeric('sort', 90),
        ]
      },
    },
    asking: { filter: 'filter', order: 'order', neededInFilter: ['=ownerType', '=ownerId'] },
    paging: COUNTED_PAGES,
    shape: under('productRows'),
  },
  {
    name: 'sale.paysystem.list',
    scope: 'pay_system',
    rows: {
      table: 'paysystem',
      count: 80,
      columns: () => [title('NAME'), choice('ACTIVE', 'Y', 'N'), numberId('ID'), numeric('SORT', 900)],
    },
    asking: { filter: 'FILTER', order: 'ORDER', select: 'SELECT' },
    paging: wholeAnswer(),
  },
]

/** A product has to be asked for by its catalogue, and with id and catalogue in the select. */
function products(name: string, key: string): ListDescription[] {
  const columns = (): ListColumn[] => [
    constant('iblockId', CATALOG_ID),
    title('name'),
    choice('active', 'Y', 'N'),
    numeric('createdBy', 173),
    created('dateCreate'),
    changed('timestampX'),
  ]
  const needed = { neededInFilter: ['iblockId'], neededInSelect: ['id', 'iblockId'] }
  return [camelList(name, key, columns, needed)]
}

function camelList(
  name: string,
  key: string,
  columns: () => readonly ListColumn[],
  more: Asking = {},
): ListDescription {
  return {
    name,
    rows: { table: name, columns: () => [numberId(), ...columns()] },
    asking: { ...LOWER_CASE, ...more },
    paging: COUNTED_PAGES,
    shape: under(key),
    fields: {
      name: name.replace(/list$/, more.neededInSelect !== undefined ? 'getFieldsByFilter' : 'getFields'),
      key: key.replace(/s$/, ''),
    },
  }
}
