import { comparableDate, dateOnly, dateTime } from '../clock.ts'
import { mix, textHash } from '../random.ts'
import { Literal, type Value, isArray, list, map, toText } from '../values.ts'

/** One record: contents follow from `hash`, unless changed since. */
export interface Row {
  readonly id: number
  readonly hash: number
  readonly changes: ReadonlyMap<string, Value> | undefined
  /** Made by an `add`: fields that were not given are blank instead of invented. */
  readonly isAdded: boolean
}

export type FieldType =
  | 'integer'
  | 'double'
  | 'string'
  | 'text'
  | 'char'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'crm_status'
  | 'crm_multifield'
  | 'user'
  | 'crm'
  | 'money'
  | 'enumeration'

/** One field of an entity. `make` gives the value from a number that is mixed for this row and this field. */
export interface Field {
  readonly name: string
  readonly title: string
  readonly type: FieldType
  /** `user` fields have names in UF_; `multiple` ones are phones and the like, shown only when named. */
  readonly group: 'plain' | 'user' | 'multiple'
  readonly isReadOnly: boolean
  readonly isMultiple: boolean
  readonly blank: Value | undefined
  /** What chance adds for this field, so that the fields of a row differ. */
  readonly salt: number
  /** undefined: the field is absent from the row. */
  make(number: number, row: Row): Value | undefined
}

export type Make = Field['make']

const BLANKS: Partial<Record<FieldType, Value>> = {
  integer: '0',
  double: '0.00',
  char: 'N',
  text: '',
  string: '',
}

export function field(name: string, type: FieldType, make: Make, traits: Partial<Field> = {}): Field {
  const words = name.toLowerCase().replaceAll('_', ' ')
  return {
    name,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    type,
    group: name.startsWith('UF_') ? 'user' : 'plain',
    isReadOnly: false,
    isMultiple: false,
    blank: traits.isMultiple === true ? list([]) : (BLANKS[type] ?? null),
    salt: textHash(name),
    make,
    ...traits,
  }
}

/** The value of a field in a row as it is now. */
export function fieldValue(row: Row, one: Field): Value | undefined {
  if (row.changes !== undefined) {
    const changed = row.changes.get(one.name)
    if (changed !== undefined) return changed
    if (row.isAdded) return one.name === 'ID' ? String(row.id) : one.blank
  }
  return one.make(mix(row.hash, one.salt), row)
}

export const ID_FIELD = field('ID', 'integer', (_, row) => String(row.id), { isReadOnly: true })

const FIRST_SECOND = 1_546_300_800 // 2019-01-01
const SPAN_SECONDS = 6 * 365 * 86_400

/** When a row was made: grows with the id, as on a portal. */
export function createdSeconds(row: Row): number {
  return FIRST_SECOND + ((row.id * 97) % SPAN_SECONDS)
}

/** `make` for a moment up to `days` after the row was made. */
export function momentWithin(days: number): Make {
  return (number, row) => dateTime(createdSeconds(row) + (number % (days * 86_400)))
}

export function dayWithin(days: number): Make {
  return (number, row) => dateOnly(createdSeconds(row) + (number % (days * 86_400)))
}

/** `make` for one of the texts. */
export function oneOf(...choices: readonly (string | null)[]): Make {
  return (number) => choices[number % choices.length] ?? null
}

/** `make` for an id up to `most`, or `none` in a share of rows. */
export function idUpTo(most: number, none: Value | undefined, noneInTen = 4): Make {
  return (number) => (number % 10 < noneInTen ? none : String(1 + ((number >>> 4) % most)))
}

/** `make` for an amount with two decimals. */
export function amount(most: number): Make {
  return (number) => `${number % most}.${(number >>> 8) % 5 === 0 ? '50' : '00'}`
}

/** How a field's values compare in filters and orders. */
export function comparesAs(one: Field): 'number' | 'date' | 'text' {
  if (one.type === 'integer' || one.type === 'double' || one.type === 'user' || one.type === 'crm')
    return 'number'
  return one.type === 'date' || one.type === 'datetime' ? 'date' : 'text'
}

/** What was written, in the form in which the portal shows it. What empties a field is kept as it was given. */
export function storedValue(one: Field, given: Value): Value {
  if (isArray(given)) return given
  if (given === null || given === '') return one.isMultiple ? list([]) : given
  const text = toText(given)
  if (one.type === 'double') return (Number.parseFloat(text) || 0).toFixed(2)
  if (one.type === 'date' || one.type === 'datetime') return comparableDate(text)
  const isKept = one.type === 'boolean' || (given instanceof Literal && one.type === 'integer')
  return isKept ? given : text
}

/** Phones or e-mail addresses of a row; absent where there are none. */
export function multiField(name: string, prefix: string, texts: (number: number) => string): Field {
  const make: Make = (number, row) => {
    const count = number % 4 === 0 ? 0 : 1 + (number % 2)
    if (count === 0) return undefined
    return list(
      Array.from({ length: count }, (_, index) =>
        map({
          ID: String(row.id * 10 + index),
          VALUE_TYPE: index === 0 ? 'WORK' : 'MOBILE',
          VALUE: texts(mix(number, index)),
          TYPE_ID: prefix,
        }),
      ),
    )
  }
  return field(name, 'crm_multifield', make, { group: 'multiple', isMultiple: true, blank: undefined })
}

export const PHONE_FIELD = multiField(
  'PHONE',
  'PHONE',
  (n) => `+7 9${String(n % 100).padStart(2, '0')} ${1000000 + (n % 9000000)}`,
)
export const EMAIL_FIELD = multiField('EMAIL', 'EMAIL', (n) => `user${n % 100000}@example.com`)
