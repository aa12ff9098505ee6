import { parseArgs } from 'node:util'

/** What a call of the torture asks for. */
export interface Wish {
  /** Names of parts; empty: all. */
  readonly parts: readonly string[]
  /** Only cases whose names have this in them. */
  readonly only: string
  readonly seeds: readonly number[]
  readonly isShort: boolean
}

/** A call that cannot be carried out; the message says what is wrong. */
export class TortureUsageError extends Error {
  override readonly name = 'TortureUsageError'
}

const DEFAULTS = { seed: 1, seeds: 3 }

/**
 * Reads the words of a call: names of parts (none: all), `--only TEXT`, `--seed N` (the first one), `--seeds N` (how many),
 * `--short`.
 *
 * @throws TortureUsageError
 */
export function readWish(words: readonly string[], known: readonly string[]): Wish {
  const { values, positionals } = parsed(words)
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new TortureUsageError(`unknown: ${unknown.join(', ')}; parts are ${known.join(', ')}`)
  }
  const first = natural('seed', values.seed)
  return {
    parts: positionals,
    only: values.only ?? '',
    seeds: Array.from({ length: natural('seeds', values.seeds) }, (_, index) => first + index),
    isShort: values.short ?? false,
  }
}

function natural(name: keyof typeof DEFAULTS, text: string | undefined): number {
  const value = Number(text ?? DEFAULTS[name])
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TortureUsageError(`--${name} takes a whole number from 1 on`)
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        seed: { type: 'string' },
        seeds: { type: 'string' },
        short: { type: 'boolean' },
      },
    })
  } catch (error: unknown) {
    throw new TortureUsageError(error instanceof Error ? error.message : String(error))
  }
}
