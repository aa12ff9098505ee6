import { childCount } from '../data/children.ts'
import type { Row } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import { PRODUCTS } from '../data/texts.ts'
import { mix, pick, textHash } from '../random.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, list, map, named, toInt } from '../values.ts'
import type { World } from '../world.ts'
import type { Answer, Method } from './method.ts'

const PRODUCT_SALT = textHash('productrows')
/** Product rows of those deals that have many: as many as a page has, although there are no pages. */
const MANY_PRODUCTS = 50
const CONTACT_SALT = textHash('contact.items')

/** What hangs on a deal and comes whole, with neither `total` nor `next`. */
export function dealChildMethods(): Method[] {
  return [
    {
      name: 'crm.deal.contact.items.get',
      scope: 'crm',
      weight: 0.3,
      run: (world, { params }) => {
        const deal = dealOf(world, params, 'The parameter ownerEntityID is invalid or not defined.')
        return wholeAnswer(contactsOf(world.tables.get('deal'), deal))
      },
    },
    {
      name: 'crm.deal.productrows.get',
      scope: 'crm',
      weight: 0.5,
      run: (world, { params }) => {
        const deal = dealOf(world, params, 'The parameter id is invalid or not defined.')
        return wholeAnswer(productsOf(world.tables.get('deal'), deal))
      },
    },
  ]
}

/** @throws Refusal for an id that is none (`badId`), and for a deal that is not there */
function dealOf(world: World, params: PhpArray, badId: string): Row {
  const id = toInt(named(params, 'id', 'ID'))
  if (id <= 0) throw new Refusal('', badId)
  const deal = world.tables.get('deal').find(id)
  if (deal === undefined) throw new Refusal('', 'Not found')
  return deal
}

function wholeAnswer(rows: readonly Value[]): Answer {
  return { result: list(rows), rows: rows.length }
}

/** The contact that the deal itself names comes first, and up to three others; none without it. Ids are numbers. */
function contactsOf(deals: Table, deal: Row): Value[] {
  const first = toInt(deals.value(deal, 'CONTACT_ID'))
  if (first <= 0) return []
  const count = deal.isAdded ? 1 : 1 + (mix(deal.hash, CONTACT_SALT) % 4)
  return Array.from({ length: count }, (_, index) =>
    map({
      CONTACT_ID: first + index * 7,
      SORT: (index + 1) * 10,
      ROLE_ID: 0,
      IS_PRIMARY: index === 0 ? 'Y' : 'N',
    }),
  )
}

/** Ids are texts here, prices numbers, and one amount is a text again. */
function productsOf(deals: Table, deal: Row): Value[] {
  const count = childCount(deals, deal.id, PRODUCT_SALT, MANY_PRODUCTS)
  return Array.from({ length: count }, (_, index) => {
    const number = mix(deal.hash ^ PRODUCT_SALT, index)
    const price = 100 + (number % 9900) + (number % 2) / 2
    const name = pick(PRODUCTS, number >>> 4)
    return map({
      ID: String(deal.id * 100 + index),
      OWNER_ID: String(deal.id),
      OWNER_TYPE: 'D',
      PRODUCT_ID: number % 3 === 0 ? 0 : 1 + (number % 900),
      PRODUCT_NAME: name,
      ORIGINAL_PRODUCT_NAME: number % 3 === 0 ? null : name,
      PRICE: price,
      PRICE_ACCOUNT: price.toFixed(2),
      QUANTITY: 1 + (number % 5),
      DISCOUNT_TYPE_ID: 2,
      DISCOUNT_RATE: 0,
      TAX_RATE: number % 4 === 0 ? null : 20,
      TAX_INCLUDED: 'Y',
      MEASURE_CODE: 796,
      MEASURE_NAME: 'шт',
      SORT: (index + 1) * 10,
    })
  })
}
