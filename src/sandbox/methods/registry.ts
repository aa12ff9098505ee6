import { companyMethods } from './company.ts'
import { itemMethods } from './crm-item.ts'
import { oldCrmMethods } from './crm-old.ts'
import { otherCrmMethods } from './crm-other.ts'
import { dealChildMethods } from './deal-children.ts'
import { generalMethods } from './general.ts'
import { listMethods } from './lists.ts'
import type { Method } from './method.ts'
import { taskCommentMethods } from './task-comments.ts'
import { taskMethods } from './tasks.ts'
import { timelineCommentMethods } from './timeline-comments.ts'

/** All methods by lower-case name; `batch` stands apart, since it calls these. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...['deal', 'lead', 'contact', 'company'].flatMap(oldCrmMethods),
    ...itemMethods(),
    ...otherCrmMethods(),
    ...dealChildMethods(),
    ...timelineCommentMethods(),
    ...taskMethods(),
    ...taskCommentMethods(),
    ...companyMethods(),
    ...listMethods(),
    ...generalMethods(),
  ].map((method) => [method.name.toLowerCase(), method]),
)
