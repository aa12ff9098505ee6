import { UsageError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { trimmed } from './bytes.ts'
import { utf8Chunks } from './decoded.ts'
import { formatOfName, type InputFormat, isTable } from './input-format.ts'
import type { InputId, InputRow, InputSource } from './input-row.ts'
import { jsonItems } from './json-items.ts'
import { inOneLine, jsonValue, kindOf } from './json-value.ts'
import { readRows } from './read-rows.ts'
import { unpacked } from './unpacked.ts'

export interface IdOptions {
  /** As for `utf8Chunks`. */
  readonly encoding: string
  /** The field of rows in which the id is; without it their only one, else `ID` or `id`. */
  readonly from?: string | undefined
  /** Only that of a table matters, which else its name tells; everything else is told by its characters. */
  readonly format?: InputFormat | undefined
  /** As for `readRows`. */
  readonly delimiter?: string | undefined
  /** Told the header of a table, as `Opening` has it: with it before them, the `raw` of ids are a table again. */
  readonly onHeader?: ((header: Buffer | undefined) => void) | undefined
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Ids, one a line: a number, a text as it is or in the quotes of JSON, or a row that has the id in it. They may also be
 * the elements of a JSON array, or stand in a table.
 *
 * @throws UsageError for what is no id, before any id behind it is handed over
 */
export async function* readIds(
  source: InputSource,
  options: IdOptions,
): AsyncGenerator<InputId, void, undefined> {
  const { encoding, from, format = formatOfName(source.name), delimiter, onHeader } = options
  if (isTable(format)) {
    const { header, rows } = await readRows(source, { format, encoding, delimiter })
    onHeader?.(header)
    for await (const row of rows) yield idOfRecord(row, from, `Line ${row.line} of ${source.name}`)
    return
  }
  const chunks = utf8Chunks(unpacked(source), encoding, source.name)
  try {
    const { groups, where, isArray } = await jsonItems(chunks, source.name)
    for await (const group of groups) {
      for (const { line, bytes } of group) {
        const raw = inOneLine(bytes)
        yield { line, raw, ...idOf(trimmed(raw), from, where(line), isArray) }
      }
    }
  } finally {
    await chunks.return()
  }
}

/**
 * The ids of a list in one word: `1,2,0005,ABC`.
 *
 * @param option the option that has it, for messages
 * @throws UsageError for empty entries
 */
export function idsOfList(list: string, option = '--ids'): InputId[] {
  return list.split(',').map((entry, at) => {
    const raw = Buffer.from(entry.trim())
    return { line: at + 1, raw, ...idOf(raw, undefined, `Entry ${at + 1} of ${option}`, false) }
  })
}

type Id = Pick<InputId, 'literal' | 'text'>

function idOf(bytes: Buffer, from: string | undefined, where: string, isJson: boolean): Id {
  const text = bytes.toString()
  if (!isJson && !/^["[{]/.test(text)) return idOfText(text, where)
  const value = jsonValue(bytes, where)
  return value.isObject ? idOfObject(value, from, where) : idOfValue(value, where)
}

function idOfObject(row: JsonText, from: string | undefined, where: string): Id {
  const fields = new Map(Array.from(row.members(), ({ name, value }) => [name, value]))
  const [name, value] = idField(fields, from, where)
  return idOfValue(value, `${name} of ${lowercased(where)}`)
}

function idOfRecord({ line, fields, raw }: InputRow, from: string | undefined, where: string): InputId {
  const [name, cell] = idField(fields, from, where)
  return { line, raw, ...idOfCell(String(cell), `${name} of ${lowercased(where)}`) }
}

/** The field with the id, of rows that have more than it. */
function idField<T>(fields: ReadonlyMap<string, T>, from: string | undefined, where: string): [string, T] {
  const only = fields.size === 1 ? [...fields.keys()] : []
  const names = from === undefined ? [...only, 'ID', 'id'] : [from]
  for (const name of names) {
    const value = fields.get(name)
    if (value !== undefined) return [name, value]
  }
  throw new UsageError(
    'input-id',
    `${where} has no ${names.slice(-2).join(' and no ')} in it.`,
    'Name the field that has the id: --ids-from FIELD.',
  )
}

function idOfValue(value: JsonText, where: string): Id {
  const literal = value.toString()
  if (NUMBER.test(literal)) return { literal, text: literal }
  const { text } = value
  if (text !== undefined && text.trim() !== '') return { literal, text }
  throw noId(where, text === undefined ? kindOf(value) : 'an empty text')
}

function idOfCell(cell: string, where: string): Id {
  const text = cell.trim()
  if (text === '') throw noId(where, 'an empty text')
  return { literal: NUMBER.test(text) ? text : JSON.stringify(text), text }
}

/** What stands there without quotes. A portal takes `5,6` for 5, and a missing value was `null` for some programs. */
function idOfText(bare: string, where: string): Id {
  const text = bare.trim()
  if (/^(?:null|true|false)$/.test(text)) throw noId(where, text)
  if (/[\s,;]/.test(text)) {
    throw new UsageError(
      'input-id',
      `${where} has more than one id in it: ${JSON.stringify(text.slice(0, 60))}.`,
      'Each stands on a line of its own; what is one id in spite of its blanks or commas stands in double quotes.',
    )
  }
  return idOfCell(text, where)
}

function noId(where: string, kind: string): UsageError {
  return new UsageError(
    'input-id',
    `${where} is no id but ${kind}.`,
    'An id is a number or a text with something in it.',
  )
}

function lowercased(where: string): string {
  return where.slice(0, 1).toLowerCase() + where.slice(1)
}
