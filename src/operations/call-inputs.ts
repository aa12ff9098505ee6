import { UsageError } from '../errors.ts'
import type { InputRow } from '../input/input-row.ts'
import { withWrittenBooleans } from '../protocol/booleans.ts'
import { paramValue } from '../protocol/json-params.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { bracketName, bracketPath, putAt, withLists } from '../protocol/params.ts'
import type { ApiVersion, ParamMap, Params, ParamValue } from '../protocol/types.ts'
import type { CallInput } from './call-rows.ts'
import { checkClauses } from './check-clauses.ts'
import { type Template, templateValue } from './template.ts'

/** How rows of input become the parameters of calls. */
export interface CallShape {
  readonly method: string
  /** `v2` if left out. */
  readonly api?: ApiVersion
  /** Parameters that all calls have. */
  readonly params: Params
  /** Where every column but the id goes, such as `fields`; `undefined`: the row is the parameters. */
  readonly into: string | undefined
  /** Parameters put together from columns; if there are any, nothing else of the row is sent but its id. */
  readonly templates: readonly Template[]
  /** Whether an empty cell is sent as an empty value, or not at all. */
  readonly sendsEmpty: boolean
  /** The column that result lines echo. */
  readonly key: string | undefined
}

const ID_COLUMN = /^id$/i

/**
 * The call that a row of input stands for.
 *
 * @param source the name of the input, for messages
 * @throws UsageError naming the line, what is wrong with it, and what to write instead
 */
export function callInput(row: InputRow, shape: CallShape, source: string): CallInput {
  const { method, into, templates, key } = shape
  const draft = structuredClone<ParamMap>(shape.params)
  try {
    for (const [name, value] of columnsToSend(row, shape)) {
      if (value !== undefined) putAt(draft, pathOf(name, into, row, templates.length > 0), value)
    }
    for (const template of templates) {
      const value = templateValue(template, row)
      if (value !== '' || shape.sendsEmpty) putAt(draft, template.path, value)
    }
    const whole = withLists(draft) as ParamMap
    const params = shape.api === 'v3' ? whole : withWrittenBooleans(method, whole)
    checkClauses(params)
    return { line: row.line, id: idLiteral(row), key: keyLiteral(row, key), params, raw: row.raw }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw error.at(`Line ${row.line} of ${source}`)
  }
}

/** Values by column; `undefined` for cells that are left out. With templates only the id is taken as it is. */
function* columnsToSend(
  { fields }: InputRow,
  { api, templates, sendsEmpty }: CallShape,
): Generator<readonly [string, ParamValue | undefined]> {
  for (const [name, value] of fields) {
    if (templates.length > 0 && !ID_COLUMN.test(name)) continue
    if (typeof value !== 'string') yield [name, paramValue(value)]
    else if (value === '' && !sendsEmpty) yield [name, undefined]
    else yield [name, api === 'v3' && ID_COLUMN.test(name) ? numberIfWhole(value) : value]
  }
}

/** In REST 3.0 ids are numbers. */
function numberIfWhole(cell: string): ParamValue {
  return /^(?:0|[1-9]\d{0,14})$/.test(cell) ? Number(cell) : cell
}

/** Names of table columns may be in brackets; members of JSON are nested by themselves. */
function pathOf(
  name: string,
  into: string | undefined,
  { fields }: InputRow,
  hasTemplates: boolean,
): readonly string[] {
  const isJson = typeof fields.get(name) !== 'string'
  if (isJson && /\[.*\]$/.test(name)) {
    throw new UsageError(
      'bracket-member',
      `"${name}" is one name in JSON, and the portal would pass it over.`,
      'Nest it, as in {"fields": {"TITLE": "…"}}; brackets are for the headers of tables.',
    )
  }
  const path = isJson ? [name] : bracketPath(name)
  const isId = ID_COLUMN.test(name)
  return into === undefined || isId || hasTemplates ? path : [...bracketPath(into), ...path]
}

/** The id of the row in its own writing. */
function idLiteral({ fields }: InputRow): string | undefined {
  for (const [name, value] of fields) if (ID_COLUMN.test(name)) return literalOf(value)
  return undefined
}

/** A value as JSON in the writing of the input: a cell that is a whole number stays one. */
function literalOf(value: JsonText | string): string {
  if (typeof value !== 'string') return value.toString()
  return /^-?(?:0|[1-9]\d*)$/.test(value) ? value : JSON.stringify(value)
}

function keyLiteral({ fields }: InputRow, key: string | undefined): string | undefined {
  if (key === undefined) return undefined
  const value = fields.get(key)
  if (value === undefined) {
    const known = [...fields.keys()].slice(0, 20).join(', ')
    throw new UsageError('key-missing', `there is no column ${bracketName([key])}.`, `There are ${known}.`)
  }
  return literalOf(value)
}
