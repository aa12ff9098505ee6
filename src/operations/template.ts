import { UsageError } from '../errors.ts'
import type { InputRow } from '../input/input-row.ts'
import { paramValue } from '../protocol/json-params.ts'
import { bracketName, bracketPath } from '../protocol/params.ts'
import type { ParamValue } from '../protocol/types.ts'

/** A parameter that is put together from columns: `fields[TITLE]={NAME} {LAST_NAME}`. */
export interface Template {
  readonly path: readonly string[]
  readonly parts: readonly (string | { readonly column: string })[]
}

/**
 * Reads `PARAMETER=TEXT`, with columns in braces; `{{` and `}}` are braces as they are.
 *
 * @throws UsageError
 */
export function parseTemplate(word: string): Template {
  const name = /^(?:[^=[\]]|\[[^[\]]*\])*(?==)/.exec(word)?.[0]
  if (name === undefined || name === '') {
    throw new UsageError(
      'field-word',
      `--field "${word}" is not PARAMETER=TEXT.`,
      "Write --field 'fields[TITLE]={NAME} {LAST_NAME}'.",
    )
  }
  const parts: (string | { readonly column: string })[] = []
  const text = word.slice(name.length + 1)
  let at = 0
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[{}]/g)) {
    if (match.index > at) parts.push(text.slice(at, match.index))
    at = match.index + match[0].length
    if (match[0] === '{{' || match[0] === '}}') parts.push(match[0].charAt(0))
    else if (match[1] !== undefined) parts.push({ column: match[1] })
    else {
      throw new UsageError(
        'field-word',
        `--field "${word}" has a brace that has no partner.`,
        'Write {{ and }} for braces that stand in the text.',
      )
    }
  }
  if (at < text.length) parts.push(text.slice(at))
  return { path: bracketPath(name), parts }
}

/**
 * The value of a template for one row. A template that is nothing but a column keeps the type of its value; one in which
 * all columns are empty is empty.
 *
 * @throws UsageError for a column that the row does not have
 */
export function templateValue({ path, parts }: Template, { fields }: InputRow): ParamValue {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object') return typed(fields, only.column, path)
  const columns = parts.flatMap((part) =>
    typeof part === 'string' ? [] : [textOf(fields, part.column, path)],
  )
  if (columns.length > 0 && columns.every((text) => text === '')) return ''
  let column = 0
  return parts.map((part) => (typeof part === 'string' ? part : (columns[column++] ?? ''))).join('')
}

function typed(fields: InputRow['fields'], column: string, path: readonly string[]): ParamValue {
  const value = valueOf(fields, column, path)
  return typeof value === 'string' ? value : paramValue(value)
}

function textOf(fields: InputRow['fields'], column: string, path: readonly string[]): string {
  const value = valueOf(fields, column, path)
  if (typeof value === 'string') return value
  const literal = value.toString()
  return value.text ?? (literal === 'null' ? '' : literal)
}

function valueOf(
  fields: InputRow['fields'],
  column: string,
  path: readonly string[],
): NonNullable<ReturnType<InputRow['fields']['get']>> {
  const value = fields.get(column)
  if (value !== undefined) return value
  throw new UsageError(
    'field-column',
    `there is no column ${column}, which --field ${bracketName(path)} asks for.`,
    `There are ${[...fields.keys()].slice(0, 20).join(', ')}.`,
  )
}
