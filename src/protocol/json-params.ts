import type { JsonText } from './json-text.ts'
import { wellFormed } from './params.ts'
import type { ParamValue } from './types.ts'

/** Whole numbers that every reader on the way holds and writes alike; others go as texts, in their own writing. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/

/**
 * A value of JSON as a parameter. Numbers that a reader may round or write otherwise (`1.0`, `1e3`, twenty digits) become
 * texts in the writing that they came in, so that a batch and a call of its own say the same.
 *
 * @throws SyntaxError if the text is not JSON after all
 */
export function paramValue(json: JsonText): ParamValue {
  if (json.isObject) {
    return Object.fromEntries(
      Array.from(json.members(), ({ name, value }) => [wellFormed(name), paramValue(value)] as const),
    )
  }
  if (json.isArray) return json.elements().map(paramValue)
  const { text } = json
  if (text !== undefined) return wellFormed(text)
  const literal = json.toString()
  if (literal === 'true' || literal === 'false') return literal === 'true'
  if (literal === 'null') return null
  return PLAIN_INTEGER.test(literal) ? Number(literal) : literal
}
