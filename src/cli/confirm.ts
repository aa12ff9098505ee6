import { UsageError } from '../errors.ts'
import type { CallKind } from '../protocol/methods/reads.ts'
import { cleanText } from './clean-text.ts'
import type { Context } from './context.ts'

/** Changes of more rows than this are asked for. */
const MOST_UNASKED = 100

/** Deletions of more rows than this are asked for by the name of the portal. */
const MOST_BY_A_LETTER = 1_000

export interface Intention {
  readonly method: string
  readonly kind: CallKind
  readonly host: string
  /** How many rows; at least so many, if `isCounted` is false. */
  readonly rows: number
  readonly isCounted: boolean
  /** The first few rows, as they stand in the input. */
  readonly sample: readonly Buffer[]
  /** `--yes` */
  readonly isConfirmed: boolean
}

/**
 * How many rows have to be known to tell whether to ask, and how. Where nobody is asked, rows that somebody is still writing
 * are sent as they come.
 */
export function rowsToKnow(kind: CallKind, isConfirmed: boolean, { stderrIsTerminal }: Context): number {
  if (isConfirmed || !stderrIsTerminal) return 1
  return { read: 1, add: 1, change: MOST_UNASKED + 1, delete: MOST_BY_A_LETTER + 1 }[kind]
}

/**
 * Lets somebody at a terminal confirm deletions, and changes of more than 100 rows, before anything is sent. Without a
 * terminal deletions need `--yes`.
 *
 * @throws UsageError if it is not confirmed
 */
export async function confirmed(intention: Intention, context: Context): Promise<void> {
  const { kind, rows, isConfirmed } = intention
  const isDeletion = kind === 'delete'
  if (isConfirmed || !(isDeletion || (kind === 'change' && rows > MOST_UNASKED))) return
  const word = isDeletion && rows > MOST_BY_A_LETTER ? intention.host : 'y'
  const answer = context.stderrIsTerminal ? await context.ask(questionOf(intention, word)) : undefined
  if (answer === undefined) {
    if (!isDeletion) return
    throw new UsageError(
      'needs-yes',
      `${intention.method} deletes, and there is no terminal to ask at.`,
      'Add --yes if that is what you want.',
    )
  }
  if (answer.trim().toLowerCase() === word.toLowerCase()) return
  throw new UsageError('declined', 'Not confirmed, so nothing was sent.')
}

function questionOf({ method, host, rows, isCounted, sample }: Intention, word: string): string {
  const count = `${isCounted ? '' : 'at least '}${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
  const shown = sample.map((row) => `  ${cleanText(row.toString()).slice(0, 200)}\n`).join('')
  const how = word === 'y' ? '[y/N]' : `by typing ${word}`
  return `${method} on ${host}, ${count}, such as\n${shown}Confirm ${how}: `
}
