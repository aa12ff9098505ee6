import type { Method } from '../methods/method.ts'
import { list, map } from '../values.ts'
import { fieldListMethod, v3ListMethod } from './list-method.ts'
import { V3_LISTS } from './lists.ts'
import { openApi } from './openapi.ts'
import { TASK_LIST, TASK_READS, TASK_WRITES } from './tasks.ts'

/** Methods that answer their result alone, without `result` around it. */
export const BARE_ANSWERS: ReadonlySet<string> = new Set(['rest.documentation.openapi', 'documentation'])

/** Methods that change something; only these heed an idempotency key. */
export const V3_WRITES: ReadonlySet<string> = new Set(TASK_WRITES.map(({ name }) => name))

/** All methods of REST 3.0 by lower-case name; `batch` stands apart. */
export const V3_METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...V3_LISTS.map(v3ListMethod),
    ...[TASK_LIST, ...V3_LISTS].filter(({ fieldList }) => fieldList !== undefined).map(fieldListMethod),
    ...TASK_READS,
    ...TASK_WRITES,
    ...Array.from(BARE_ANSWERS, documentation),
    scopeList(),
  ].map((method) => [method.name.toLowerCase(), method]),
)

function documentation(name: string): Method {
  return { name, scope: undefined, weight: 0.1, run: () => ({ result: openApi([...V3_METHODS.values()]) }) }
}

function scopeList(): Method {
  const run: Method['run'] = () => ({
    result: map({
      items: list(
        Array.from(V3_METHODS.values(), ({ name, scope }) => map({ method: name, scope: scope ?? '' })),
      ),
    }),
  })
  return { name: 'rest.scope.list', scope: undefined, weight: 0.1, run }
}
