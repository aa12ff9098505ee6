import { RANGE, SMALL_HOUSE, START, TRADE_HOUSE, lines, type Lines } from './houses.ts'

/** Walked by id. */
// prettier-ignore
const SALE_LISTS = (): Lines => lines(TRADE_HOUSE, {
  'sale.basketitem.list': { rows: 'basketItems', page: 'sale/basket-item/sale-basket-item-list' },
  'sale.basketproperties.list': { rows: 'basketProperties', page: 'sale/basket-properties/sale-basket-properties-list' },
  'sale.order.list': { rows: 'orders', page: 'sale/order/sale-order-list' },
  'sale.paymentItemShipment.list': { rows: 'paymentItemsShipment', page: 'sale/payment-item-shipment/sale-payment-item-shipment-list' },
  'sale.paymentitembasket.list': { rows: 'paymentItemsBasket', page: 'sale/payment-item-basket/sale-payment-item-basket-list' },
  'sale.persontype.list': { rows: 'personTypes', page: 'sale/person-type/sale-person-type-list' },
  'sale.property.list': { rows: 'properties', page: 'sale/property/sale-property-list' },
  'sale.propertyvalue.list': { rows: 'propertyValues', page: 'sale/property-value/sale-property-value-list' },
  'sale.shipment.list': { rows: 'shipments', page: 'sale/shipment/sale-shipment-list' },
  'sale.shipmentpropertyvalue.list': { rows: 'propertyValues', page: 'sale/shipment-property-value/sale-shipment-property-value-list' },
  'sale.tradeBinding.list': { rows: 'tradeBindings', page: 'sale/trade-binding/sale-trade-binding-list' },
  'sale.tradePlatform.list': { rows: 'tradePlatforms', page: 'sale/trade-platform/sale-trade-platform-list' },
  'sale.payment.list': { rows: 'payments', page: 'sale/index' },
  'sale.shipmentitem.list': { rows: 'shipmentItems', page: 'sale/index' },
  'sale.shipmentproperty.list': { rows: 'properties', page: 'sale/index' },
})

/** Read by `start`. */
// prettier-ignore
const SALE_COUNTED = (): Lines => lines(TRADE_HOUSE, {
  'sale.propertyRelation.list': { rows: 'propertyRelations', id: 'none', paging: START, page: 'sale/property-relation/sale-property-relation-list' },
  'sale.statusLang.list': { rows: 'statusLangs', id: 'none', paging: START, page: 'sale/status-lang/sale-status-lang-list' },
  'sale.propertygroup.list': { rows: 'propertyGroups', paging: START, page: 'sale/property-group/sale-property-group-list' },
  'sale.propertyvariant.list': { rows: 'propertyVariants', paging: START, page: 'sale/index' },
  'sale.statusLang.getListLangs': { rows: 'langs', code: 'lid', paging: START, filter: 'none', select: 'none', order: 'none', page: 'sale/status-lang/sale-status-lang-get-list-langs' },
  'sale.status.list': { rows: 'statuses', code: 'id', paging: START, page: 'sale/index' },
  'sale.businessValuePersonDomain.list': { rows: 'businessValuePersonDomains', id: 'none', paging: START, page: 'sale/index' },
})

/** References in the old style, and the children of one parent. */
// prettier-ignore
const SALE_WHOLE = (): Lines => lines(SMALL_HOUSE, {
  'sale.cashbox.list': { id: 'ID', filter: 'FILTER', prefixes: RANGE, select: 'SELECT', order: 'ORDER', page: 'sale/cashbox/sale-cashbox-list' },
  'sale.delivery.getlist': { id: 'ID', filter: 'FILTER', prefixes: RANGE, select: 'SELECT', order: 'ORDER', page: 'sale/delivery/delivery/sale-delivery-get-list' },
  'sale.paysystem.list': { id: 'ID', filter: 'FILTER', prefixes: RANGE, select: 'SELECT', order: 'ORDER', page: 'pay-system/sale-pay-system-list' },
  'sale.cashbox.handler.list': { id: 'ID', page: 'sale/cashbox/sale-cashbox-handler-list' },
  'sale.delivery.config.get': { code: 'CODE', needs: ['ID'], page: 'sale/delivery/delivery/sale-delivery-config-get' },
  'sale.delivery.handler.list': { page: 'sale/index' },
  'sale.paysystem.handler.list': { page: 'sale/index' },
  'sale.delivery.extra.service.get': { id: 'ID', needs: ['DELIVERY_ID'], page: 'sale/index' },
})

/** Lists of the online store. */
export const SALE = (): Lines => ({ ...SALE_LISTS(), ...SALE_COUNTED(), ...SALE_WHOLE() })
