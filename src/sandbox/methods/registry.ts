import { listMethods as describedMethods } from '../described/list-method.ts'
import { companyMethods } from './company.ts'
import { itemMethods } from './crm-item.ts'
import { oldCrmMethods } from './crm-old.ts'
import { otherCrmMethods } from './crm-other.ts'
import { dealChildMethods } from './deal-children.ts'
import { CHATS } from './described/chats.ts'
import { COMMERCE } from './described/commerce.ts'
import { CONTENT } from './described/content.ts'
import { CRM } from './described/crm.ts'
import { OTHERS } from './described/others.ts'
import { WORK } from './described/work.ts'
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
    ...[...CRM, ...COMMERCE, ...WORK, ...CHATS, ...CONTENT, ...OTHERS].flatMap(describedMethods),
    ...generalMethods(),
  ].map((method) => [method.name.toLowerCase(), method]),
)

export function methodNames(): readonly string[] {
  return ['batch', ...Array.from(METHODS.values(), ({ name }) => name)]
}

/** Every right that some method asks for. */
export function scopes(): readonly string[] {
  return Array.from(new Set(Array.from(METHODS.values()).flatMap(({ scope }) => scope ?? []))).sort()
}
