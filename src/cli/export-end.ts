import type { EventListener } from '../engine/events.ts'
import { EXIT } from '../errors.ts'
import type { Mark } from '../output/recorder.ts'
import { nextStep, shellQuoted } from './next-command.ts'
import { cleanText } from './clean-text.ts'
import type { OutputOptions } from './output-options.ts'

/** An export that has ended before its end. */
export interface EndedExport {
  readonly argv: readonly string[]
  /** Whether the rows went to standard output, where they are out and cannot be taken back. */
  readonly isToStandardOutput: boolean
  /** Whether it can be gone on with by the same command. */
  readonly isResumable: boolean
  /** Behind which row it can go on; `undefined` if no row has left, or the list is not walked by id. */
  readonly afterId: number | undefined
  /** Rows that were still wanted; `undefined` for all. */
  readonly rowsLeft: number | undefined
  /** Whether rows written by two runs one behind the other are the same as those of one; for tables only without a header. */
  readonly joins: 'yes' | 'without header' | 'no'
}

/** Failures after which what is missing would not come by going on, or nobody would be there to read it. */
const FINAL: ReadonlySet<number> = new Set([EXIT.usage, EXIT.partial, EXIT.bug, EXIT.brokenPipe])

/** What to do after an export that ended with `exitCode`: where it can be gone on with, the command for that. */
export function nextOfExport(
  exitCode: number,
  errorCode: string | undefined,
  ended: EndedExport,
): string | undefined {
  const usual = nextStep(exitCode, ended.argv, errorCode)
  if (FINAL.has(exitCode)) return usual
  const words = wordsToGoOn(exitCode, ended)
  if (words === undefined) return usual
  const command = ['bx24', ...words].map(shellQuoted).join(' ')
  const shown = cleanText(command) === command ? command : 'the same command'
  const room = exitCode === EXIT.output ? 'make room, then ' : ''
  return `${room}go on with: ${shown}`
}

function wordsToGoOn(exitCode: number, ended: EndedExport): string[] | undefined {
  const { argv, afterId, isResumable, isToStandardOutput, rowsLeft, joins } = ended
  if (afterId === undefined) return undefined
  if (isResumable) return without(argv, ['--restart'], [])
  // A disk that filled up may have cut the last row short.
  if (!isToStandardOutput || joins === 'no' || exitCode === EXIT.output) return undefined
  return withWords(without(argv, ['--no-header'], ['--after-id', '--limit']), [
    '--after-id',
    String(afterId),
    ...(rowsLeft === undefined ? [] : ['--limit', String(rowsLeft)]),
    ...(joins === 'without header' ? ['--no-header'] : []),
  ])
}

/** The words without these switches and these options with their values. */
function without(argv: readonly string[], switches: readonly string[], options: readonly string[]): string[] {
  return argv.filter(
    (word, at) =>
      !switches.includes(word) &&
      !options.includes(word) &&
      !options.includes(argv[at - 1] ?? '') &&
      !options.some((option) => word.startsWith(`${option}=`)),
  )
}

/** The words with others behind them; behind `--` nothing is an option. */
function withWords(argv: readonly string[], more: readonly string[]): string[] {
  const at = argv.indexOf('--')
  return at < 0 ? [...argv, ...more] : [...argv.slice(0, at), ...more, ...argv.slice(at)]
}

export interface ExportFacts {
  readonly argv: readonly string[]
  readonly output: OutputOptions
  readonly limit: number | undefined
  /** Fields of the selection, masks included. */
  readonly select: readonly string[] | undefined
  readonly isById: boolean
  readonly isResumable: boolean
}

/** Watches how far an export comes, to say how to go on if it ends early. */
export class ExportEnd {
  readonly #facts: ExportFacts
  #afterId: number | undefined
  #rows = 0

  constructor(facts: ExportFacts) {
    this.#facts = facts
  }

  /** What an earlier run has left is there before the first row. */
  begin(resumed: Mark | undefined): void {
    this.#afterId = resumed?.afterId
    this.#rows = resumed?.rows ?? 0
  }

  watching(onEvent: EventListener): EventListener {
    return (event) => {
      if (event.type === 'page' && event.rows > 0) {
        this.#afterId = event.cursor
        this.#rows += event.rows
      }
      onEvent(event)
    }
  }

  nextStep(exitCode: number, errorCode: string | undefined): string | undefined {
    const { argv, output, limit, select, isById, isResumable } = this.#facts
    return nextOfExport(exitCode, errorCode, {
      argv,
      isResumable,
      isToStandardOutput: output.file === undefined || output.file === '-',
      afterId: isById ? this.#afterId : undefined,
      rowsLeft: limit === undefined ? undefined : limit - this.#rows,
      joins: joinOf(output, select),
    })
  }
}

/** Columns that are named are the same in every run; what else a table begins with would stand in the middle of it. */
function joinOf(
  { format, style }: OutputOptions,
  select: readonly string[] | undefined,
): EndedExport['joins'] {
  if (format === 'ndjson') return 'yes'
  if (format === 'json' || style.hasBom || style.flatten !== undefined) return 'no'
  return select?.every((field) => !field.includes('*')) === true ? 'without header' : 'no'
}
