import { CRM_HOUSE } from './houses.ts'
import type { Line } from './line.ts'

/** Lists of modules that have a few only. */
export const OTHERS: Readonly<Record<string, Line>> = {
  'user.get': {
    ...CRM_HOUSE,
    filter: 'FILTER',
    // Newer portals select, older ones ignore that and answer all fields.
    select: 'none',
    sortBy: ['sort', 'order'],
    booleans: '1/0',
    page: 'user/user-get',
  },
  'department.get': {
    ...CRM_HOUSE,
    // It filters by equality only, at the top level, so there is nothing to walk by.
    paging: { by: 'start', pageRows: 50 },
    filter: '',
    select: 'none',
    sortBy: ['sort', 'order'],
    page: 'departments/department-get',
  },
  'lists.element.get': {
    ...CRM_HOUSE,
    filter: 'FILTER',
    spelling: 'any',
    prefixes: ['', '>', '>=', '<', '<=', '%'],
    select: 'SELECT',
    order: 'ELEMENT_ORDER',
    needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'],
    page: 'lists/elements/lists-element-get',
  },
}
