/**
 * Thrown by a parser of a value. The message says what is wanted, as the rest of a sentence: "must be a whole number
 * from 1 to 50"; whoever knows where the value stood puts the name in front.
 */
export class ValueError extends Error {}

/** Turns the text of one value into what the program works with. @throws ValueError */
export interface Parser<T> {
  (text: string): T
  /** What a configuration file may hold, as JSON Schema; a text or a number where nothing is said. */
  readonly schema?: ValueSchema
}

export type ValueSchema = Readonly<Record<string, unknown>>

function described<T>(parse: (given: string) => T, schema: ValueSchema): Parser<T> {
  return Object.assign(parse, { schema })
}

export const text = described(
  (given: string): string => {
    if (given === '') throw new ValueError('must not be empty')
    return given
  },
  { type: 'string', minLength: 1 },
)

export function wholeNumber(from: number, to: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  const isOpen = to === Number.MAX_SAFE_INTEGER
  const wanted = isOpen
    ? `must be a whole number of at least ${from}`
    : `must be a whole number from ${from} to ${to}`
  const parse = (given: string): number => {
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= from && value <= to)) throw new ValueError(wanted)
    return value
  }
  return described(parse, { type: 'integer', minimum: from, ...(isOpen ? {} : { maximum: to }) })
}

export const positiveNumber = described(
  (given: string): number => {
    const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : 0
    if (value <= 0 || !Number.isFinite(value)) throw new ValueError('must be a number above 0')
    return value
  },
  { type: 'number', exclusiveMinimum: 0 },
)

/** A part of something: `50%` or `0.5`; above 0, at most all of it. */
export const share = described(
  (given: string): number => {
    const [, number = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? []
    const value = Number(number) / (percent === '%' ? 100 : 1)
    if (!(value > 0 && value <= 1)) {
      throw new ValueError('must be a share such as 50% or 0.5, above 0 and at most 100%')
    }
    return value
  },
  { type: ['string', 'number'], pattern: String.raw`^\d+(\.\d+)?%?$`, exclusiveMinimum: 0 },
)

export function oneOf<const T extends string>(choices: readonly T[]): Parser<T> {
  const parse = (given: string): T => {
    const choice = choices.find((candidate) => candidate === given)
    if (choice === undefined) throw new ValueError(`must be one of ${choices.join(', ')}`)
    return choice
  }
  return described(parse, { enum: choices })
}

/** A switch: on the command line it is there or not, elsewhere it is `true` or `false` (`1` or `0`). */
export const yesNo = described(
  (given: string): boolean => {
    if (given === 'true' || given === '1') return true
    if (given === 'false' || given === '0') return false
    throw new ValueError('must be true or false')
  },
  { type: 'boolean' },
)

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, '': 1_000 }
/** The longest wait that a timer of Node can keep. */
const MAX_MS = 2 ** 31 - 1

/** `500ms`, `75s`, `15m`, `1h`, or a plain number of seconds; above 0, at most 24 days. In milliseconds. */
export const duration = described(
  (given: string): number => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(given) ?? []
    const ms = number === '' ? 0 : Math.round(Number(number) * (UNIT_MS[unit] ?? 0))
    if (ms <= 0 || ms > MAX_MS) {
      throw new ValueError('must be a duration such as 500ms, 75s, 15m or 1h, above 0 and at most 24 days')
    }
    return ms
  },
  { type: ['string', 'number'], pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h)?$`, exclusiveMinimum: 0 },
)

/** One character that can part values; `\t` and `tab` are a tab. */
export function delimiter(given: string): string {
  const character = given === '\\t' || given === 'tab' ? '\t' : given
  if (Array.from(character).length !== 1 || /["\r\n\u0000\uFEFF]/.test(character)) {
    throw new ValueError('must be one character, and neither a quote nor a line break')
  }
  return character
}
