import { dateTime, nowSeconds } from '../clock.ts'
import { type CommentedEntity, isCommented } from '../data/comments.ts'
import { timelineCommentFields } from '../data/comment-fields.ts'
import type { Field } from '../data/fields.ts'
import { sequenceOf } from '../data/ids.ts'
import { Table } from '../data/table.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import {
  type PhpArray,
  type Value,
  elements,
  isArray,
  isEmpty,
  list,
  map,
  named,
  toInt,
  toText,
} from '../values.ts'
import type { World } from '../world.ts'
import { oldListQuery } from './crm-old.ts'
import type { Answer, ListQuery, Method } from './method.ts'
import { page } from './paging.ts'

const ORDER_FIELDS = new Set(['ID', 'CREATED', 'AUTHOR_ID'])

/** `crm.timeline.comment.list` and `.add`: children that come in pages, of a parent that the filter names. */
export function timelineCommentMethods(): Method[] {
  return [
    {
      name: 'crm.timeline.comment.list',
      scope: 'crm',
      weight: 1,
      run: (world, call) => page(world, call, commentQuery(world, call.params), 'old'),
      query: commentQuery,
    },
    {
      name: 'crm.timeline.comment.add',
      scope: 'crm',
      weight: 1,
      run: (world, { params }) => add(world, params),
    },
  ]
}

/** The comments of a parent that is not there are an empty list. */
function commentQuery(world: World, params: PhpArray): ListQuery {
  const filter = named(params, 'filter', 'FILTER', 'Filter', 'arFilter')
  const { entity, id } = parentIn(isArray(filter) ? filter : map({}))
  const table = entity === undefined ? undefined : world.comments.of(entity, id)
  const fieldOf = (name: string): Field | undefined =>
    ORDER_FIELDS.has(name) ? table?.field(name) : undefined
  return {
    ...oldListQuery(world, table ?? noComments(id), params),
    order: readOrder(named(params, 'order', 'ORDER', 'Order', 'arOrder'), fieldOf),
    isOfNothing: table === undefined,
  }
}

function noComments(parentId: number): Table {
  const none = sequenceOf(0, () => 0)
  return new Table('comments of nothing', timelineCommentFields('', parentId), none, 0)
}

interface Parent {
  /** undefined: a kind of parent that has no timeline here. */
  readonly entity: CommentedEntity | undefined
  readonly id: number
}

/** @throws Refusal unless both the kind and the id of the parent are given */
function parentIn(given: PhpArray): Parent {
  const name = toText(named(given, 'ENTITY_TYPE', '=ENTITY_TYPE')).toLowerCase()
  const id = toInt(named(given, 'ENTITY_ID', '=ENTITY_ID'))
  if (name === '' || id <= 0) throw new Refusal('', 'ENTITY_ID and ENTITY_TYPE are not defined or invalid.')
  return { entity: isCommented(name) && name !== 'task' ? name : undefined, id }
}

function add(world: World, params: PhpArray): Answer {
  // Unlike older CRM methods this one knows the parameter in lower case only.
  const fields = params.get('fields')
  if (!isArray(fields)) throw new Refusal('100', 'Could not find value for parameter {fields}')
  const { entity, id: parentId } = parentIn(fields)
  const table = entity === undefined ? undefined : world.comments.of(entity, parentId)
  if (table === undefined) throw new Refusal('OWNER_NOT_FOUND', 'Owner was not found')
  const comment = fields.get('COMMENT')
  if (isArray(comment) || isEmpty(comment)) throw new Refusal('INVALID_ARG_VALUE', 'Empty comment message')
  const written = map({
    COMMENT: toText(comment),
    AUTHOR_ID: toText(fields.get('AUTHOR_ID') ?? '1'),
    FILES: filesOf(fields.get('FILES')),
  })
  const id = table.add(map([['CREATED', dateTime(nowSeconds())], ...written]))
  return { result: id, write: { kind: 'add', entity: 'timeline-comment', id, written } }
}

/** Pairs of a name and a content in base64 are shown as an object keyed by id, without the content. */
function filesOf(given: Value | undefined): Value {
  if (!isArray(given)) return list([])
  const files = elements(given).filter((one) => isArray(one))
  return map(
    files.map((file, index): [string, Value] => {
      const [name, content] = elements(file).map(toText)
      const size = Math.floor(((content ?? '').length * 3) / 4)
      return [String(index + 1), map({ id: index + 1, type: 'file', name: name ?? '', size })]
    }),
  )
}
