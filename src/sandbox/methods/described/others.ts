import {
  choice,
  codeId,
  column,
  created,
  digits,
  numberId,
  numeric,
  textId,
  title,
} from '../../described/columns.ts'
import { byTaking } from '../../described/cursors.ts'
import type { ListDescription } from '../../described/description.ts'
import { byOffset, byPageNumber, byStart, undocumented, wholeAnswer } from '../../described/pagers.ts'
import { codesToNames, keyedBy, scalars, under } from '../../described/shapes.ts'
import type { Field, Row } from '../../data/fields.ts'
import { listElementFields } from '../../data/work-fields.ts'
import { Refusal } from '../../refusal.ts'
import { list } from '../../values.ts'

const LOWER_CASE = { filter: 'filter', order: 'order', select: 'select' }
const OF_A_LIST: Pick<ListDescription, 'needs' | 'missing'> = {
  needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'],
  missing: (name) =>
    new Refusal('ERROR_REQUIRED_PARAMETERS_MISSING', `Required parameter "${name}" is missing`),
}

/** Lists, votes, robots, bookings, and what only applications may ask for. */
export const OTHERS: readonly ListDescription[] = [
  {
    name: 'lists.field.type.get',
    rows: {
      table: 'list-field-type',
      count: 55,
      columns: () => [codeId('code', (_, row) => `S:${row.id}`), title('name')],
    },
    ...OF_A_LIST,
    paging: wholeAnswer(),
    shape: codesToNames('code', 'name'),
  },
  {
    name: 'lists.section.get',
    rows: {
      table: 'list-section',
      per: ['IBLOCK_ID|IBLOCK_CODE'],
      count: 72,
      columns: () => [textId(), title('NAME'), digits('SORT', 900), choice('ACTIVE', 'Y', 'N')],
    },
    ...OF_A_LIST,
    asking: { filter: 'FILTER', select: 'SELECT' },
    paging: undocumented(),
  },
  {
    name: 'voximplant.tts.voices.get',
    scope: 'telephony',
    rows: {
      table: 'voice',
      count: 56,
      columns: () => [codeId('code', (_, row) => `voice${row.id}`), title('name')],
    },
    paging: wholeAnswer(),
    shape: codesToNames('code', 'name'),
  },
  ...['item', 'type'].map((kind): ListDescription => ({
    name: `rpa.${kind}.list`,
    rows: {
      table: `rpa-${kind}`,
      ...(kind === 'item' ? { per: ['typeId'] } : {}),
      columns: () => [numberId(), title('name'), numeric('createdBy', 173)],
    },
    ...(kind === 'item' ? { needs: ['typeId'] } : {}),
    asking: LOWER_CASE,
    paging: byStart({ total: 'none', hasNext: false, minusOne: 'counted' }),
    shape: under(`${kind}s`),
  })),
  {
    name: 'vote.AttachedVote.getAnswerVoted',
    rows: {
      table: 'voted',
      per: ['answerId'],
      columns: () => [numberId('ID'), title('NAME'), choice('WORK_POSITION', '', 'Manager')],
    },
    needs: ['answerId', 'attachId|signedAttachId|entityId'],
    paging: byPageNumber({
      page: 'pageNavigation.page|pageNavigation.currentPage',
      size: 'pageNavigation.size|pageNavigation.pageSize',
      total: 'count',
    }),
    shape: under('items'),
  },
  {
    name: 'booking.v1.resource.list',
    rows: {
      table: 'booking-resource',
      count: 85,
      columns: () => [numberId(), title('name'), choice('isMain', 'Y', 'N')],
    },
    asking: { filter: 'FILTER|filter', order: 'ORDER|order', filterable: ['name', 'isMain'] },
    paging: wholeAnswer(),
    shape: under('resource'),
  },
  {
    name: 'task.planner.getlist',
    rows: {
      table: 'planner',
      count: 60,
      // Numbers and texts in one list.
      columns: () => [{ ...numberId(), show: (value, row) => (row.hash % 2 === 0 ? Number(value) : value) }],
    },
    paging: wholeAnswer(),
    shape: scalars('id'),
  },
  {
    name: 'humanresources.hcmlink.company.list',
    scope: 'humanresources.hcmlink',
    rows: {
      table: 'hcmlink-company',
      columns: () => [
        numberId(),
        title('title'),
        column('data', 'string', () => list([])),
        created('createdAt'),
      ],
    },
    isForApplications: true,
    paging: byOffset({ limit: 'limit', offset: 'offset', size: 100, most: 1000 }),
  },
  {
    name: 'sign.b2e.mysafe.tail',
    scope: 'sign.b2e',
    rows: {
      table: 'mysafe',
      columns: () => [numberId(), title('title'), created('create_date'), numeric('creator_id', 173)],
    },
    isForApplications: true,
    asking: { isFalling: true },
    paging: byOffset({ limit: 'limit', offset: 'offset', size: 20, most: 1000 }),
  },
  {
    name: 'entity.item.get',
    rows: {
      table: 'entity-item',
      per: ['ENTITY'],
      columns: () => [textId(), title('NAME'), choice('ACTIVE', 'Y', 'N'), created('DATE_CREATE')],
    },
    isForApplications: true,
    needs: ['ENTITY'],
    asking: { filter: 'FILTER', order: 'SORT' },
    paging: byStart(),
  },
  ...['get', 'list'].map((action): ListDescription => ({
    name: `event.offline.${action}`,
    rows: {
      table: 'offline-event',
      columns: () => [
        textId(),
        created('TIMESTAMP_X'),
        choice('EVENT_NAME', 'ONCRMLEADADD', 'ONCRMDEALUPDATE'),
        column('EVENT_DATA', 'string', () => false),
      ],
    },
    isForApplications: true,
    asking: { filter: 'filter', order: 'order' },
    paging: action === 'get' ? byTaking(50) : byStart(),
    ...(action === 'get' ? { shape: under('events', () => ({ process_id: null })) } : {}),
  })),
  {
    name: 'placement.list',
    rows: {
      table: 'placement',
      count: 58,
      columns: () => [codeId('code', (_, row) => `CRM_PLACE_${row.id}`)],
    },
    isForApplications: true,
    paging: wholeAnswer(),
    shape: scalars('code'),
  },
  {
    name: 'lists.field.get',
    rows: {
      table: 'list-field',
      count: 2,
      ids: 'dense',
      columns: () => [
        column('FIELD_ID', 'string', (_, row) => propertyOf(row).name),
        column('NAME', 'string', (_, row) => propertyOf(row).title),
        choice('TYPE', 'S'),
      ],
    },
    ...OF_A_LIST,
    paging: wholeAnswer(),
    shape: keyedBy('FIELD_ID'),
  },
]

/** The fields of the one list that the sandbox has; a row that others added is like the last of them. */
function propertyOf({ id }: Row): Field {
  const properties = listElementFields().filter(({ name }) => name.startsWith('PROPERTY_'))
  const property = properties[id - 1] ?? properties.at(-1)
  if (property === undefined) throw new Error('a list without properties')
  return property
}
