import { EQUAL, PRESUMED, SMALL_HOUSE, lines, type Lines } from './houses.ts'

/** No paging is documented, and there may be many bookings. */
// prettier-ignore
const BOOKINGS = (): Lines => lines(SMALL_HOUSE, {
  'booking.v1.booking.list': { rows: 'booking', id: 'id', paging: PRESUMED, filter: 'FILTER', prefixes: EQUAL, order: 'ORDER', page: 'booking/booking/booking-v1-booking-list' },
  'booking.v1.resource.list': { rows: 'resource', id: 'id', paging: PRESUMED, filter: 'FILTER', prefixes: EQUAL, order: 'ORDER', page: 'booking/resource/booking-v1-resource-list' },
  'booking.v1.resourceType.list': { rows: 'resource', id: 'id', paging: PRESUMED, filter: 'FILTER', prefixes: EQUAL, order: 'ORDER', page: 'booking/resource/resource-type/booking-v1-resourcetype-list' },
  'booking.v1.waitlist.list': { rows: 'waitList', id: 'id', paging: PRESUMED, filter: 'filter', prefixes: EQUAL, page: 'booking/waitlist/booking-v1-waitlist-list' },
  'booking.v1.booking.client.list': { rows: 'bookingClient', needs: ['bookingId'], page: 'booking/booking/client/booking-v1-booking-client-list' },
  'booking.v1.booking.externalData.list': { rows: 'externalData', needs: ['bookingId'], page: 'booking/booking/external-data/booking-v1-booking-externaldata-list' },
  'booking.v1.clienttype.list': { rows: 'clientType', code: 'code', page: 'booking/booking-v1-clienttype-list' },
  'booking.v1.waitlist.client.list': { rows: 'waitListClient', needs: ['waitListId'], page: 'booking/waitlist/client/booking-v1-waitlist-client-list' },
  'booking.v1.waitlist.externalData.list': { rows: 'externalData', needs: ['waitListId'], page: 'booking/waitlist/external-data/booking-v1-waitlist-externaldata-list' },
  'booking.v1.resource.slots.list': { rows: 'slots', needs: ['resourceId'], page: 'booking/index' },
})

/** Lists of bookings. */
export const BOOKING = (): Lines => ({ ...BOOKINGS() })
