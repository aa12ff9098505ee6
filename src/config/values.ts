/**
 * Thrown by a parser of a value. The message says what is wanted, as the rest of a sentence: "must be a whole number
 * from 1 to 50"; whoever knows where the value stood puts the name in front.
 */
export class ValueError extends Error {}

/** Turns the text of one value into what the program works with. @throws ValueError */
export type Parser<T> = (text: string) => T

export function text(given: string): string {
  if (given === '') throw new ValueError('must not be empty')
  return given
}

export function wholeNumber(from: number, to: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  const wanted =
    to === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${from}`
      : `must be a whole number from ${from} to ${to}`
  return (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= from && value <= to)) throw new ValueError(wanted)
    return value
  }
}

export function positiveNumber(given: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : 0
  if (value <= 0 || !Number.isFinite(value)) throw new ValueError('must be a number above 0')
  return value
}

export function oneOf<const T extends string>(choices: readonly T[]): Parser<T> {
  return (given) => {
    const choice = choices.find((candidate) => candidate === given)
    if (choice === undefined) throw new ValueError(`must be one of ${choices.join(', ')}`)
    return choice
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, '': 1_000 }
/** The longest wait that a timer of Node can keep. */
const MAX_MS = 2 ** 31 - 1

/** `500ms`, `75s`, `15m`, `1h`, or a plain number of seconds; above 0, at most 24 days. In milliseconds. */
export function duration(given: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(given) ?? []
  const ms = number === '' ? 0 : Math.round(Number(number) * (UNIT_MS[unit] ?? 0))
  if (ms <= 0 || ms > MAX_MS) {
    throw new ValueError('must be a duration such as 500ms, 75s, 15m or 1h, above 0 and at most 24 days')
  }
  return ms
}
