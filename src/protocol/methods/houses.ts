import type { House } from './line.ts'

/** The CRM's own lists, and those of modules that follow them. */
export const CRM_HOUSE: House = {
  id: 'ID',
  paging: { by: 'keyset' },
  filter: 'filter',
  select: 'select',
  order: 'order',
  spelling: 'UPPER_CASE',
}
