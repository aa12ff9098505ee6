import { UsageError } from '../errors.ts'
import type { UserParameters } from '../operations/list-query.ts'
import { JsonText } from '../protocol/json-text.ts'
import { bracketPath, isMap, type ParamDraft, putAt, withLists } from '../protocol/params.ts'
import type { ParamMap, ParamValue } from '../protocol/types.ts'
import { InputReader, type Inputs } from './input-reader.ts'
import { parseCondition } from './where.ts'

export interface ParameterOptions {
  /** `KEY=VALUE`, the value as it stands. */
  readonly param: readonly string[]
  /** `KEY=JSON`, `KEY=@FILE` or `KEY=@-`. */
  readonly paramJson: readonly string[]
  /** A file with the whole object, or `-`. */
  readonly params: string | undefined
  readonly where: readonly string[]
  readonly select: string | undefined
}

/**
 * The parameters of a method, put together from the words of the command line and the files that they name.
 *
 * @throws UsageError for malformed words, unreadable files, bad JSON, and names that are given twice
 */
export async function readParameters(options: ParameterOptions, inputs: Inputs): Promise<UserParameters> {
  const source = new InputReader(inputs)
  const draft: ParamDraft = {}
  if (options.params !== undefined) {
    const whole = parseJson(await source.text(options.params, '--params'), `--params ${options.params}`)
    if (!isMap(whole)) {
      throw new UsageError(
        'params-type',
        `--params ${options.params} must hold one JSON object.`,
        'Such as {"filter": {">ID": 100}}.',
      )
    }
    for (const [name, value] of Object.entries(whole)) putAt(draft, [name], mapsAsDrafts(value))
  }
  for (const word of options.param) {
    const { name, value } = splitWord(word, '-p')
    putAt(draft, bracketPath(name), value)
  }
  for (const word of options.paramJson) {
    const { name, value } = splitWord(word, '-P')
    const json = value.startsWith('@') ? await source.text(value.slice(1), `-P ${name}`) : value
    putAt(draft, bracketPath(name), mapsAsDrafts(parseJson(json, `-P ${name}`)))
  }
  return {
    params: withLists(draft) as ParamMap,
    where: options.where.map(parseCondition),
    select: options.select === undefined ? undefined : fieldList(options.select),
  }
}

/** Splits at the first `=` outside of brackets: `filter[>=ID]=5` is `filter[>=ID]` and `5`. */
function splitWord(word: string, option: string): { name: string; value: string } {
  const name = /^(?:[^=[\]]|\[[^[\]]*\])*(?==)/.exec(word)?.[0]
  if (name === undefined || name === '') {
    throw new UsageError(
      'param-word',
      `${option} "${word}" is not KEY=VALUE.`,
      `Write ${option} ENTITY_ID=5 or ${option} 'filter[>=DATE_CREATE]=${option === '-P' ? '"2026-01-01"' : '2026-01-01'}'.`,
    )
  }
  return { name, value: word.slice(name.length + 1) }
}

function fieldList(text: string): string[] {
  const fields = text.split(',').map((field) => field.trim())
  if (fields.some((field) => field === '')) {
    throw new UsageError('select', `--select "${text}" has an empty name in it.`, 'Write --select ID,TITLE.')
  }
  return fields
}

function parseJson(text: string, where: string): ParamValue {
  let value: ParamValue
  try {
    value = JSON.parse(text) as ParamValue
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      'json',
      `${where} is not JSON: ${reason}.`,
      'Texts need double quotes in JSON; -p takes them as they are.',
    )
  }
  refuseWhatParsingChanges(JsonText.of(Buffer.from(text)), where)
  return value
}

/** Numbers that JavaScript cannot hold, and names that come twice, would go out as something else than was written. */
function refuseWhatParsingChanges(text: JsonText, where: string): void {
  const names = new Set<string>()
  for (const { name, value } of text.members()) {
    if (names.has(name))
      throw new UsageError('json', `${where} has "${name}" twice in one object.`, 'Keep one of them.')
    names.add(name)
    refuseWhatParsingChanges(value, where)
  }
  for (const element of text.elements()) refuseWhatParsingChanges(element, where)
  const literal = text.toString()
  if (/^-?\d/.test(literal) && String(Number(literal)) !== literal) {
    throw new UsageError(
      'json',
      `${where} has the number ${literal}, which would be changed.`,
      `Write it as a text: "${literal}".`,
    )
  }
}

/** Maps are copied, so that later words can add to them. */
function mapsAsDrafts(value: ParamValue): ParamValue {
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapsAsDrafts(item)]))
}
