import { UsageError } from '../errors.ts'
import { JsonText } from './json-text.ts'
import { paramValue } from './json-params.ts'
import { bracketPath, isMap, type ParamDraft, putAt, withLists } from './params.ts'
import type { Command, Params, ParamValue } from './types.ts'

const AS_OBJECT = 'or write the command as {"method": …, "params": …}'

/**
 * Reads a command in the portal's own writing, `crm.deal.get?ID=1&select[]=ID`, as PHP reads it: percent-encoding, `+` for
 * a blank, `[]` to append, maps from 0 on as lists. All values are texts.
 *
 * @throws UsageError for what the portal would read as something else than was meant, without a word
 */
export function parseCommandString(text: string): Command {
  if (text.includes('#')) {
    throw malformed('The portal cuts a command off at "#".', `Write it as %23, ${AS_OBJECT}.`)
  }
  if (/[\0-\x1f\x7f]/.test(text)) {
    throw malformed(
      'The portal puts "_" for line breaks, tabs and other control characters in a command.',
      `Encode them, such as %0A, ${AS_OBJECT}.`,
    )
  }
  const question = text.indexOf('?')
  const method = question < 0 ? text : text.slice(0, question)
  if (method.trim() === '') {
    throw malformed('The command has no method.', 'Write crm.deal.get?ID=1.')
  }
  return { method, params: question < 0 ? {} : parseQuery(text.slice(question + 1)) }
}

function parseQuery(query: string): Params {
  const draft: ParamDraft = {}
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const rawName = equals < 0 ? pair : pair.slice(0, equals)
    const name = decode(rawName, `The name "${rawName}"`)
    const value = equals < 0 ? '' : pair.slice(equals + 1)
    putAt(draft, pathOf(name, value), decode(value, `The value of ${name}`))
  }
  return withLists(draft) as Params
}

function pathOf(name: string, value: string): string[] {
  let path: string[]
  try {
    path = bracketPath(name)
  } catch {
    // `filter[<=ID]=5` ends its name at the first equals sign; what is left of the bracket stands in the value.
    const isCutOff = /\[[^\]]*$/.test(name) && /\]|%5D/i.test(value)
    throw malformed(
      `"${name}" is no name of a parameter${isCutOff ? ': a name ends at its first "="' : ''}.`,
      isCutOff
        ? `Write "=" in brackets as %3D (filter[<%3DID]=5), ${AS_OBJECT}.`
        : 'Names look like ID, select[] or filter[>ID]; "&", "=" and "%" in them are encoded.',
    )
  }
  const [first = '', ...steps] = path
  if (/[\s.\0]/.test(first) || steps.some((step) => /^\s|\0/.test(step))) {
    throw malformed(
      `The portal reads the name "${name}" as another one.`,
      'Take blanks and dots out of the name, and blanks from behind brackets.',
    )
  }
  return path
}

/** `+` is a blank; a `%` without two digits of a byte, and bytes that are no UTF-8, would not arrive as they were meant. */
function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed(
      `${what} has a "%" that is followed by no character's code.`,
      'Write "%" itself as %25, and other characters as their bytes in UTF-8.',
    )
  }
}

function malformed(message: string, hint: string): UsageError {
  return new UsageError('command-string', message, hint)
}

/**
 * A command in any of its writings: `"method?query"`, `["method", params]` or `{"method": …, "params": …}`.
 *
 * @param where for messages: `Line 7 of commands.json`
 * @throws UsageError
 */
export function commandFrom(json: JsonText, where: string): Command {
  if (json.text !== undefined) {
    try {
      return parseCommandString(json.text)
    } catch (error: unknown) {
      if (!(error instanceof UsageError)) throw error
      throw error.at(where)
    }
  }
  const [method, params, ...more] = json.elements()
  if (method === undefined || more.length > 0) return commandObject(json, ['method', 'params'], where)
  return checked(paramValue(method), params && paramValue(params), where)
}

/**
 * A command written as `{"method": …, "params": …}`, perhaps with other members that are `known`.
 *
 * @throws UsageError
 */
export function commandObject(json: JsonText, known: readonly string[], where: string): Command {
  const command = paramValue(json)
  if (!isMap(command)) throw unusable(`${where} is no command.`, EXAMPLE)
  refuseUnknown(Object.keys(command), known, where)
  return checked(command.method, command.params, where)
}

/** @throws UsageError for a name that is not `known`, with the one that was most likely meant, or comes twice */
export function refuseUnknown(names: readonly string[], known: readonly string[], where: string): void {
  const wrong = names.find((name, index) => !known.includes(name) || names.indexOf(name) < index)
  if (wrong === undefined) return
  if (known.includes(wrong)) throw unusable(`${where} has "${wrong}" twice.`, 'Keep one of them.')
  const near = known.find((name) => wrong.toLowerCase().startsWith(name.slice(0, 2)))
  throw unusable(
    `${where} has "${wrong}", which means nothing there.`,
    near === undefined ? `What can stand there: ${known.join(', ')}.` : `Did you mean "${near}"?`,
  )
}

/** PHP gives up on JSON that is nested deeper. https://www.php.net/manual/en/function.json-decode.php */
const DEEPEST = 512

/**
 * JSON of which nothing is lost on the way: it is JSON indeed, and no name stands twice in one object.
 *
 * @param where names the place so many characters into the text
 * @throws UsageError
 */
export function strictJson(text: string, where: (at: number) => string): JsonText {
  try {
    JSON.parse(text)
  } catch (error: unknown) {
    const said =
      error instanceof Error ? error.message.replace(/ \(line \d+ column \d+\)$/, '') : String(error)
    throw unreadable(
      `${where(Number(/at position (\d+)/.exec(said)?.[1] ?? text.length))} is not JSON: ${said}.`,
      'Each line is one command, {"method": "crm.deal.get", "params": {"ID": 1}}, or all is one document, {"cmd": {…}}.',
    )
  }
  const json = JsonText.of(Buffer.from(text))
  refuseTwins(json, where(0), 1)
  return json
}

/** Of two members with one name only the last would be sent. */
function refuseTwins(json: JsonText, where: string, depth: number): void {
  if (depth > DEEPEST)
    throw unreadable(`${where} is nested deeper than ${DEEPEST} levels.`, 'Send less of it.')
  const names = new Set<string>()
  for (const { name, value } of json.members()) {
    if (names.has(name)) throw unreadable(`${where} has "${name}" twice in one object.`, 'Keep one of them.')
    names.add(name)
    refuseTwins(value, where, depth + 1)
  }
  for (const element of json.elements()) refuseTwins(element, where, depth + 1)
}

const EXAMPLE = 'Write {"method": "crm.deal.get", "params": {"ID": 1}}.'

function checked(method: ParamValue | undefined, given: ParamValue | undefined, where: string): Command {
  const params = given ?? {}
  if (typeof method !== 'string' || method.trim() === '') throw unusable(`${where} has no method.`, EXAMPLE)
  if (isMap(params)) return { method, params }
  // PHP writes an empty map so.
  if (Array.isArray(params) && params.length === 0) return { method, params: {} }
  throw unusable(`${where}: the parameters are no object.`, EXAMPLE)
}

function unusable(message: string, hint: string): UsageError {
  return new UsageError('batch-command', message, hint)
}

function unreadable(message: string, hint: string): UsageError {
  return new UsageError('input-json', message, hint)
}
