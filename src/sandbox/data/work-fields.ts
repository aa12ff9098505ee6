import { dateTime } from '../clock.ts'
import { pick } from '../random.ts'
import { Literal, list, map } from '../values.ts'
import {
  type Field,
  ID_FIELD,
  createdSeconds,
  dayWithin,
  field,
  idUpTo,
  momentWithin,
  oneOf,
} from './fields.ts'
import { FIRST_NAMES, LAST_NAMES, POSITIONS, nastyText, sometimesNasty, subject } from './texts.ts'

const READ_ONLY = { isReadOnly: true } as const
const TASK_CREATED: Field = field(
  'CREATED_DATE',
  'datetime',
  (_, row) => dateTime(createdSeconds(row)),
  READ_ONLY,
)

export function activityFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('OWNER_ID', 'integer', idUpTo(9000, '1')),
    field('OWNER_TYPE_ID', 'integer', oneOf('1', '2', '3', '4')),
    field('TYPE_ID', 'integer', oneOf('1', '2', '4', '6')),
    field('PROVIDER_ID', 'string', oneOf('CRM_TODO', 'VOXIMPLANT_CALL', 'CRM_EMAIL', 'REST_APP')),
    field('PROVIDER_TYPE_ID', 'string', oneOf('TODO', 'CALL', 'EMAIL')),
    field('SUBJECT', 'string', subject),
    field('CREATED', 'datetime', (_, row) => dateTime(createdSeconds(row)), READ_ONLY),
    field('LAST_UPDATED', 'datetime', momentWithin(20), READ_ONLY),
    field('START_TIME', 'datetime', momentWithin(10)),
    field('END_TIME', 'datetime', momentWithin(12)),
    field('DEADLINE', 'datetime', momentWithin(15)),
    field('COMPLETED', 'char', oneOf('Y', 'N')),
    field('STATUS', 'integer', oneOf('1', '2')),
    field('RESPONSIBLE_ID', 'user', idUpTo(173, '1', 1)),
    field('PRIORITY', 'integer', oneOf('1', '2', '3')),
    field('DESCRIPTION', 'text', (n) => sometimesNasty(n, '')),
    field('DESCRIPTION_TYPE', 'integer', oneOf('1', '3')),
    field('DIRECTION', 'integer', oneOf('0', '1', '2')),
    field('SETTINGS', 'string', (n) =>
      n % 2 === 0 ? list([]) : map({ MISSED_CALL: false, RATE: new Literal('1.0') }),
    ),
    field('FILES', 'string', () => list([])),
    field('AUTHOR_ID', 'user', idUpTo(173, '1', 1), READ_ONLY),
    field('EDITOR_ID', 'user', idUpTo(173, '1', 1), READ_ONLY),
  ]
}

export function stageHistoryFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('TYPE_ID', 'integer', oneOf('1', '2', '3')),
    field('OWNER_ID', 'integer', idUpTo(9000, '1', 0)),
    field('CREATED_TIME', 'datetime', (_, row) => dateTime(createdSeconds(row))),
    field('CATEGORY_ID', 'integer', oneOf('0', '1')),
    field('STAGE_SEMANTIC_ID', 'string', oneOf('P', 'S', 'F')),
    field('STAGE_ID', 'crm_status', oneOf('NEW', 'PREPARATION', 'WON', 'LOSE')),
  ]
}

/** Names as filters, orders and selections of tasks spell them; rows show them in camel case. */
export function taskFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('PARENT_ID', 'integer', idUpTo(900, null, 7)),
    field('TITLE', 'string', subject),
    field('DESCRIPTION', 'text', (n) =>
      n % 8 === 0 ? nastyText(n) : 'Подготовить [B]документы[/B] к встрече',
    ),
    field('MARK', 'string', oneOf(null, 'P', 'N')),
    field('PRIORITY', 'integer', oneOf('0', '1', '2')),
    field('STATUS', 'integer', oneOf('2', '3', '4', '5')),
    field('MULTITASK', 'char', oneOf('N')),
    field('GROUP_ID', 'integer', idUpTo(30, '0', 6)),
    field('STAGE_ID', 'integer', oneOf('0', '7')),
    field('CREATED_BY', 'user', idUpTo(173, '1', 1)),
    TASK_CREATED,
    field('RESPONSIBLE_ID', 'user', idUpTo(173, '1', 1)),
    field('CHANGED_BY', 'user', idUpTo(173, '1', 1), READ_ONLY),
    field('CHANGED_DATE', 'datetime', momentWithin(90), READ_ONLY),
    field('STATUS_CHANGED_DATE', 'datetime', momentWithin(60), READ_ONLY),
    field('CLOSED_DATE', 'datetime', (n, row) => (n % 2 === 0 ? null : momentWithin(50)(n, row))),
    field('DEADLINE', 'datetime', (n, row) => (n % 3 === 0 ? null : momentWithin(30)(n, row))),
    field('START_DATE_PLAN', 'datetime', oneOf(null)),
    field('END_DATE_PLAN', 'datetime', oneOf(null)),
    field('GUID', 'string', (n) => `{${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000}`),
    field('COMMENTS_COUNT', 'integer', oneOf(null, '2', '11')),
    field('ALLOW_CHANGE_DEADLINE', 'char', oneOf('Y', 'N')),
    field('TIME_ESTIMATE', 'integer', oneOf('0', '3600')),
    field('FORUM_TOPIC_ID', 'integer', oneOf(null, '17')),
    field('SUB_STATUS', 'integer', oneOf('2', '-1')),
    field('UF_CRM_TASK', 'crm', (n) => (n % 3 === 0 ? false : list([`D_${n % 9000}`])), { isMultiple: true }),
  ]
}

export function userRowFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('ACTIVE', 'boolean', (n) => n % 8 !== 0),
    field('NAME', 'string', (n) => pick(FIRST_NAMES, n)),
    field('LAST_NAME', 'string', (n) => pick(LAST_NAMES, n)),
    field('SECOND_NAME', 'string', oneOf('', 'Петрович')),
    field('EMAIL', 'string', (_, row) => `employee${row.id}@example.com`),
    field('LAST_LOGIN', 'datetime', momentWithin(400)),
    field('DATE_REGISTER', 'date', dayWithin(1)),
    field('TIME_ZONE', 'string', oneOf('', 'Europe/Moscow')),
    field('IS_ONLINE', 'char', oneOf('N', 'Y')),
    field('TIMESTAMP_X', 'string', (n) => (n % 2 === 0 ? new Literal('{}') : '')),
    field('PERSONAL_GENDER', 'string', oneOf('', 'M', 'F')),
    field('PERSONAL_BIRTHDAY', 'date', oneOf('', '1990-05-05T03:00:00+03:00')),
    field('PERSONAL_MOBILE', 'string', oneOf('', '+7 900 0000000')),
    field('PERSONAL_CITY', 'string', oneOf('', 'Москва')),
    field('WORK_PHONE', 'string', oneOf('')),
    field('WORK_POSITION', 'string', (n) => sometimesNasty(n, pick(POSITIONS, n))),
    field('UF_DEPARTMENT', 'integer', (n) => list([1 + (n % 20)]), { isMultiple: true }),
    field('USER_TYPE', 'string', oneOf('employee', 'employee', 'extranet')),
  ]
}

export function departmentFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('NAME', 'string', (n, row) => `${pick(['Отдел', 'Department', 'Группа'], n)} ${row.id}`),
    field('SORT', 'integer', () => 500),
    field('PARENT', 'integer', (n, row) => (row.id < 10 ? undefined : String(1 + (n % 9)))),
    field('UF_HEAD', 'integer', (n) => (n % 3 === 0 ? undefined : String(1 + (n % 173)))),
  ]
}

export function listElementFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('IBLOCK_ID', 'integer', oneOf('41')),
    field('NAME', 'string', subject),
    field('IBLOCK_SECTION_ID', 'integer', oneOf(null, '5')),
    field('CREATED_BY', 'user', idUpTo(173, '1', 1)),
    field('BP_PUBLISHED', 'char', oneOf('Y')),
    field('CODE', 'string', (n) => (n % 4 === 0 ? null : `element_${n % 100000}`)),
    field('DATE_CREATE', 'datetime', (_, row) => dateTime(createdSeconds(row))),
    field('PROPERTY_951', 'string', (n, row) =>
      map([[String(row.id * 2 + 9000), sometimesNasty(n, String(1000 + (n % 900)))]]),
    ),
    // Value ids in the order of entry, which is not that of size; absent without a value.
    field('PROPERTY_953', 'string', (n, row) =>
      n % 3 === 0
        ? undefined
        : map([
            [String(row.id * 2 + 9001), 'x'],
            [String((row.id % 90) + 10), 'y'],
          ]),
    ),
  ]
}
