import { dateTime } from '../clock.ts'
import { type Row, createdSeconds, fieldValue } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import { type ListColumn, column, numberId, title } from '../described/columns.ts'
import { jsonText } from '../php-json.ts'
import { valueTest } from '../query/comparison.ts'
import { EVERYTHING, type Selection } from '../query/filter.ts'
import { type PhpArray, elements, isArray, toText } from '../values.ts'
import { further } from './further-rows.ts'
import type { V3List } from './list-method.ts'
import { byOpaqueCursor } from './pagers.ts'
import { missingField } from './refusals.ts'

/** Parts of a follow-up that are long; whoever selects one gets shorter pages. */
const HEAVY_PARTS: readonly string[] = ['transcription', 'overview']

/** What is left of calls: a filter that is an object, and a cursor that does not count what rows show. */
export const FOLLOWUPS: V3List = {
  name: 'call.followup.list',
  entity: 'FollowupDto',
  source: further('followup', followupColumns),
  // Its filter is an object of its own: {startDate: {from, to}, participantId}.
  filterable: 'none',
  narrow: startedWithin,
  sortable: 'none',
  selectedByDefault: ['callId', 'startDate', 'title'],
  paging: byOpaqueCursor({
    size: 50,
    most: (params) => (selectsHeavyPart(params) ? 20 : 200),
    field: 'startDate',
    isFalling: true,
    names: ['startDate', 'id'],
    numberOf: ({ id }) => id * 7 + 3,
    marks: (afterCursor, hasMore) => ({ hasMore, afterCursor: hasMore ? afterCursor : null }),
  }),
  fieldList: 'call.followup.field.list',
}

function followupColumns(): readonly ListColumn[] {
  return [
    numberId('callId'),
    column('startDate', 'datetime', (_, row) => dateTime(createdSeconds(row))),
    title('title'),
    title('overview'),
    title('transcription'),
  ]
}

/** @throws V3Refusal without a `startDate` in the filter */
function startedWithin(params: PhpArray, table: Table): Selection {
  const filter = params.get('filter')
  const range = isArray(filter) ? filter.get('startDate') : undefined
  const field = table.field('startDate')
  if (!isArray(range) || field === undefined) throw missingField('filter.startDate')
  const [from, to] = ['from', 'to'].map((name) => range.get(name))
  const tests = [
    ...(from === undefined ? [] : [valueTest(field, { operator: 'at-least', isNegated: false }, from)]),
    ...(to === undefined ? [] : [valueTest(field, { operator: 'at-most', isNegated: false }, to)]),
  ]
  return {
    ...EVERYTHING,
    key: jsonText(range),
    tests: tests.map((test) => (row: Row) => test(fieldValue(row, field))),
  }
}

function selectsHeavyPart(params: PhpArray): boolean {
  return elements(params.get('select')).some((one) => HEAVY_PARTS.includes(toText(one)))
}
