import { dateTime } from '../clock.ts'
import {
  type FieldType,
  type Make,
  ID_FIELD,
  createdSeconds,
  field,
  momentWithin,
  oneOf,
} from '../data/fields.ts'
import { subject } from '../data/texts.ts'
import type { Column } from '../query/columns.ts'
import { type Value, toInt } from '../values.ts'

/** One key of the rows of a described list. */
export interface ListColumn extends Column {
  /** Its name in filter, order and select. */
  readonly asked: string
  /** It identifies the row: readings decide about its type and about conditions on it. */
  readonly isId?: boolean
}

/** The number of a row as a text, as older methods show it. */
export function textId(name = 'ID'): ListColumn {
  return { name, asked: name, isId: true, field: ID_FIELD }
}

/** The number of a row as a number. */
export function numberId(name = 'id'): ListColumn {
  return { name, asked: name, isId: true, field: ID_FIELD, show: (value) => toInt(value) }
}

/** An id that is no number; conditions on it compare texts. */
export function codeId(name: string, make: Make): ListColumn {
  return { ...column(name, 'string', make, `${name} code`), isId: true }
}

/** @param fieldName what the table calls it, where `name` would be taken for the row's number */
export function column(name: string, type: FieldType, make: Make, fieldName = name): ListColumn {
  return { name, asked: name, field: field(fieldName, type, make) }
}

export function title(name = 'TITLE'): ListColumn {
  return column(name, 'string', subject)
}

/** A number as a number, 1 to `most`. */
export function numeric(name: string, most: number): ListColumn {
  return { ...column(name, 'integer', (n) => String(1 + (n % most))), show: (value) => toInt(value) }
}

/** A number as a text, 1 to `most`. */
export function digits(name: string, most: number): ListColumn {
  return column(name, 'integer', (n) => String(1 + (n % most)))
}

export function choice(name: string, ...choices: readonly (string | null)[]): ListColumn {
  return column(name, 'string', oneOf(...choices))
}

export function flag(name: string): ListColumn {
  return column(name, 'boolean', (n) => n % 3 !== 0)
}

export function constant(name: string, value: Value): ListColumn {
  const isNumber = typeof value === 'number'
  return { ...column(name, isNumber ? 'integer' : 'string', () => value), show: (shown) => shown }
}

/** When the row was made. */
export function created(name: string): ListColumn {
  return column(name, 'datetime', (_, row) => dateTime(createdSeconds(row)))
}

export function changed(name: string): ListColumn {
  return column(name, 'datetime', momentWithin(90))
}

/** Rows in camel case that filter, order and select name in upper case: `dateCreate` is asked for as DATE_CREATE. */
export function askedInUpperCase(columns: readonly ListColumn[]): readonly ListColumn[] {
  return columns.map((one) => ({
    ...one,
    asked: one.name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  }))
}
