import { companyMethods } from './company.ts'
import { itemMethods } from './crm-item.ts'
import { oldCrmMethods } from './crm-old.ts'
import { otherCrmMethods } from './crm-other.ts'
import { generalMethods } from './general.ts'
import { listMethods } from './lists.ts'
import type { Method } from './method.ts'
import { taskMethods } from './tasks.ts'

/** All methods by lower-case name; `batch` stands apart, since it calls these. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...['deal', 'lead', 'contact', 'company'].flatMap(oldCrmMethods),
    ...itemMethods(),
    ...otherCrmMethods(),
    ...taskMethods(),
    ...companyMethods(),
    ...listMethods(),
    ...generalMethods(),
  ].map((method) => [method.name.toLowerCase(), method]),
)
