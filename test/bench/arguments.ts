import { parseArgs } from 'node:util'
import type { Part, PartOption } from './part.ts'

/** What a call of the benchmark asks for. */
export interface Wish {
  readonly parts: readonly Part[]
  /** Keep the results and write the page. */
  readonly isWritten: boolean
  readonly only: string | undefined
  readonly command: string | undefined
}

/** A call that cannot be carried out; the message says what is wrong. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError'
}

/**
 * Reads the words of a call: names of parts (none: all), `--write`, `--page` (write the page from what is kept and measure
 * nothing), `--only TEXT`, `--command COMMAND`. All parts together are written, single ones if they are told to be.
 *
 * @throws BenchUsageError
 */
export function readWish(words: readonly string[], known: readonly Part[]): Wish {
  const { values, positionals } = parsed(words)
  const { write = false, page = false, only, command } = values
  const unknown = positionals.filter((name) => !known.some((part) => part.name === name))
  if (unknown.length > 0) {
    const names = known.map(({ name }) => name).join(', ')
    throw new BenchUsageError(`unknown: ${unknown.join(', ')}; parts are ${names}`)
  }
  const isPartial = only !== undefined || command !== undefined
  if (isPartial && write)
    throw new BenchUsageError('what --only or --command measure is printed, not written')
  if (page && (positionals.length > 0 || isPartial)) throw new BenchUsageError('--page stands alone')
  const named = known.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const asked = Object.entries({ only, command }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  )
  const parts = page ? [] : withOptions(named, asked as PartOption[], positionals.length > 0)
  const isWhole = positionals.length === 0 && !isPartial
  return { parts, isWritten: write || page || isWhole, only, command }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        write: { type: 'boolean' },
        page: { type: 'boolean' },
        only: { type: 'string' },
        command: { type: 'string' },
      },
    })
  } catch (error: unknown) {
    throw new BenchUsageError(error instanceof Error ? error.message : String(error))
  }
}

/** The parts that understand the options; a part that was named has to. */
function withOptions(
  parts: readonly Part[],
  options: readonly PartOption[],
  areNamed: boolean,
): readonly Part[] {
  const deaf = parts.filter((part) => options.some((option) => !(part.options ?? []).includes(option)))
  if (areNamed && deaf.length > 0) {
    const names = deaf.map(({ name }) => name).join(', ')
    throw new BenchUsageError(`--${options.join(' and --')} means nothing to ${names}`)
  }
  return parts.filter((part) => !deaf.includes(part))
}
