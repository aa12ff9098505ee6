import { type Field, comparesAs } from '../data/fields.ts'
import type { Column } from '../query/columns.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, elements, map, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import { fieldsAnswer, oldListQuery } from './crm-old.ts'
import type { ListQuery, Method } from './method.ts'
import { controllerQuery } from './controller-list.ts'
import { page, selectNames, selectedShare, whole } from './paging.ts'

const STAGE_HISTORY_TYPES: readonly number[] = [1, 2, 5]

/** Activities, stage history and the dictionary of statuses. */
export function otherCrmMethods(): Method[] {
  return [
    {
      name: 'crm.activity.list',
      scope: 'crm',
      weight: 1,
      run: (world, call) => page(world, call, activityQuery(world, call.params), 'old'),
      query: activityQuery,
    },
    {
      name: 'crm.activity.fields',
      scope: 'crm',
      weight: 0.1,
      run: (world) => ({ result: fieldsAnswer(world.tables.get('activity')) }),
    },
    {
      name: 'crm.stagehistory.list',
      scope: 'crm',
      weight: 1,
      run: (world, call) => page(world, call, stageHistoryQuery(world, call.params), 'controller'),
      query: stageHistoryQuery,
    },
    {
      name: 'crm.status.list',
      scope: 'crm',
      weight: 0.2,
      run: (world, { params }) => whole(world, statusQuery(world, params), true),
      query: statusQuery,
    },
    {
      name: 'crm.status.fields',
      scope: 'crm',
      weight: 0.1,
      run: () => ({
        result: map(
          ['ID', 'ENTITY_ID', 'STATUS_ID', 'NAME', 'SORT'].map((name): [string, Value] => [
            name,
            map({
              type: name === 'ID' || name === 'SORT' ? 'integer' : 'string',
              isRequired: false,
              isReadOnly: name === 'ID',
            }),
          ]),
        ),
      }),
    },
  ]
}

/** Activities come by start time unless an order is given. */
function activityQuery(world: World, params: PhpArray): ListQuery {
  const table = world.tables.get('activity')
  const query = oldListQuery(world, table, params)
  const startTime = table.field('START_TIME')
  if (query.order.length > 0 || startTime === undefined) return query
  return { ...query, order: [{ field: startTime, isDescending: false }] }
}

/** A dictionary has few rows, and all of their fields. */
function statusQuery(world: World, params: PhpArray): ListQuery {
  const table = world.tables.get('status')
  const columns = table.fields.map((field): Column => ({ name: field.name, field }))
  return { ...oldListQuery(world, table, params), columns, selectedShare: 1 }
}

function stageHistoryQuery(world: World, params: PhpArray): ListQuery {
  const given = params.get('entityTypeId')
  if (given === undefined) throw new Refusal('100', 'Could not find value for parameter {entityTypeId}')
  const typeId = toInt(given)
  if (!STAGE_HISTORY_TYPES.includes(typeId)) throw new Refusal('NOT_FOUND', 'Entity type is not supported')
  const table = world.tables.get(`stage-history-${typeId}`)
  const fieldOf = (name: string): Field | undefined => table.field(name)
  const names = new Set(selectNames(params.get('select'), (value) => elements(value).map(toText)) ?? ['*'])
  const columns = table.fields
    .filter((one) => names.has('*') || names.has(one.name) || (one.name === 'ID' && idIsAdded(world)))
    .map((field): Column => ({ name: field.name, field, show: (value) => numberValue(field, value) }))
  return {
    table,
    columns,
    ...controllerQuery(params, fieldOf),
    selectedShare: selectedShare(columns, table.fields),
    wrap: (rows) => map({ items: rows }),
  }
}

function idIsAdded(world: World): boolean {
  return world.settings.readings['select-id'] === 'present'
}

function numberValue(field: Field, value: Value): Value {
  return comparesAs(field) === 'number' ? toInt(value) : value
}
