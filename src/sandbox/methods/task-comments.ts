import { taskCommentFields } from '../data/comment-fields.ts'
import type { Field } from '../data/fields.ts'
import { readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, isArray, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import type { ListQuery, Method } from './method.ts'
import { whole } from './paging.ts'

const ORDER_NAMES: readonly string[] = ['ID', 'AUTHOR_ID', 'AUTHOR_NAME', 'AUTHOR_EMAIL', 'POST_DATE']
const FILTER_NAMES: readonly string[] = ['ID', 'AUTHOR_ID', 'AUTHOR_NAME', 'POST_DATE']
const FILTER_PREFIXES = new Set(['!', '<', '<=', '>', '>=', ''])

/** `task.commentitem.getlist`: reads its parameters by position, whatever their names, and answers whole. */
export function taskCommentMethods(): Method[] {
  return [
    {
      name: 'task.commentitem.getlist',
      scope: 'task',
      weight: 1,
      run: (world, { params }) => whole(world, query(world, params), false),
      query,
    },
  ]
}

/** @throws Refusal for parameters in another order, and for a task that is not there */
function query(world: World, params: PhpArray): ListQuery {
  const [taskId, order, filter] = Array.from(params.entries(), ([, value]) => value)
  const table = world.comments.of('task', idFrom(taskId))
  if (table === undefined) throw failure(8, 'Action failed', 'ACTION_FAILED_TO_BE_PROCESSED')
  requireNames(order, ORDER_NAMES, '#1 (arOrder)')
  requireNames(filter, FILTER_NAMES, '#2 (arFilter)', /^(?:[<>]=?|!)/)
  const fieldOf = (name: string): Field | undefined => table.field(name)
  const keys = readOrder(order, fieldOf)
  const id = table.field('ID')
  return {
    table,
    columns: taskCommentFields().map((field) => ({ name: field.name, field })),
    selection: readFilter(filter, {
      prefixes: FILTER_PREFIXES,
      unknownField: 'drop',
      arrayComparison: 'cast',
      hasGroups: false,
      fieldOf,
    }),
    order: keys.length === 0 && id !== undefined ? [{ field: id, isDescending: true }] : keys,
    selectedShare: 1,
    wrap: (rows) => rows,
  }
}

function idFrom(given: Value | undefined): number {
  if (given === undefined) throw wrongArguments('#0 (taskId)', 'expected by the method, but not given.')
  const isInteger = !isArray(given) && /^\d+$/.test(toText(given))
  if (isInteger) return toInt(given)
  throw wrongArguments('#0 (taskId)', 'expected to be of type "integer", but given something else.')
}

function requireNames(
  given: Value | undefined,
  names: readonly string[],
  position: string,
  prefix = /^/,
): void {
  if (!isArray(given)) return
  for (const [key] of given.entries()) {
    if (!names.includes(key.replace(prefix, '')))
      throw wrongArguments(position, `must not contain key "${key}".`)
  }
}

function wrongArguments(position: string, text: string): Refusal {
  return failure(256, `Param ${position} for method ctaskcommentitem::getlist() ${text}`, 'WRONG_ARGUMENTS')
}

function failure(number: number, text: string, name: string): Refusal {
  return new Refusal('ERROR_CORE', `TASKS_ERROR_EXCEPTION_#${number}; ${text}; ${number}/TE/${name}<br>`)
}
