import { dateTime } from '../clock.ts'
import { Literal, list, map } from '../values.ts'
import { type Field, createdSeconds, field, idUpTo, momentWithin, oneOf } from './fields.ts'
import { nastyText, paddingText, sometimesNasty } from './texts.ts'

/** Less is not worth a comment. */
const SHORTEST_PADDING_BYTES = 20

const READ_ONLY = { isReadOnly: true } as const

/** Who made and changed it and when; every CRM entity ends with these. */
export function auditFields(): Field[] {
  return [
    field('ASSIGNED_BY_ID', 'user', idUpTo(173, '1', 1)),
    field('CREATED_BY_ID', 'user', idUpTo(173, '1', 1), READ_ONLY),
    field('MODIFY_BY_ID', 'user', idUpTo(173, '1', 1), READ_ONLY),
    field('DATE_CREATE', 'datetime', (_, row) => dateTime(createdSeconds(row)), READ_ONLY),
    field('DATE_MODIFY', 'datetime', momentWithin(90), READ_ONLY),
    field('OPENED', 'char', oneOf('Y', 'N', 'Y')),
  ]
}

/** Where it came from. */
export function sourceFields(): Field[] {
  return [
    field('SOURCE_ID', 'crm_status', oneOf('CALL', 'EMAIL', 'WEB', 'ADVERTISING', 'PARTNER', null)),
    field('SOURCE_DESCRIPTION', 'text', (number) => sometimesNasty(number, '')),
    field('ORIGINATOR_ID', 'string', oneOf(null, null, null, '1C')),
    field('ORIGIN_ID', 'string', (number) => (number % 4 === 3 ? `000-${number % 100000}` : null)),
    field('UTM_SOURCE', 'string', oneOf(null, null, 'yandex', 'google')),
    field('UTM_MEDIUM', 'string', oneOf(null, null, 'cpc')),
    field('UTM_CAMPAIGN', 'string', oneOf(null, null, null, 'весна_2024')),
    field('UTM_CONTENT', 'string', oneOf(null)),
    field('UTM_TERM', 'string', oneOf(null)),
    field('LAST_ACTIVITY_TIME', 'datetime', momentWithin(120), READ_ONLY),
  ]
}

/** Comments of about `paddingBytes` on average, so that rows have the size that was asked for. */
export function commentsField(paddingBytes: number): Field {
  return field('COMMENTS', 'text', (number) => {
    if (paddingBytes < SHORTEST_PADDING_BYTES || number % 16 === 3)
      return number % 16 === 3 ? nastyText(number) : null
    return paddingText(number, paddingBytes * (0.8 + (number % 41) / 100))
  })
}

/** User fields with the values that hurt most: literals, money, maps with integer-like keys, `[]` and `false`. */
export function userFields(): Field[] {
  return [
    field('UF_CRM_1601', 'money', (n) => (n % 3 === 0 ? null : `${n % 10000}|RUB`), {
      title: 'Budget',
    }),
    field(
      'UF_CRM_1602',
      'string',
      (n) => list(Array.from({ length: n % 3 }, (_, i) => sometimesNasty(n + i, `метка ${(n >>> 3) % 9}`))),
      {
        title: 'Tags',
        isMultiple: true,
      },
    ),
    field('UF_CRM_1603', 'double', (n) => (n % 2 === 0 ? new Literal('1.0') : new Literal(`${n % 100}.50`)), {
      title: 'Rate',
    }),
    field(
      'UF_CRM_1604',
      'integer',
      (n) =>
        n % 5 === 0
          ? null
          : new Literal(`9${String(n).padStart(10, '0')}${String(n % 999999999).padStart(9, '0')}`),
      {
        title: 'Account number',
      },
    ),
    field('UF_CRM_1605', 'enumeration', (n) => choices(n), { title: 'Choices', isMultiple: true }),
    field('UF_CRM_1606', 'boolean', (n) => (n % 3 === 0 ? false : n % 3 === 1 ? '1' : '0'), {
      title: 'VIP',
    }),
    field('UF_CRM_1607', 'string', (n) => sometimesNasty(n, ''), { title: 'Note' }),
  ]
}

/** Value ids are keys and come in the order of entry, not of size. */
function choices(number: number): ReturnType<typeof list> {
  if (number % 4 !== 0) return list([])
  return map([
    [String(3000 + (number % 900)), 'x'],
    [String(10 + (number % 80)), 'y'],
  ])
}
