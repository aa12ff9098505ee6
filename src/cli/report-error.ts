import { CommanderError } from 'commander'
import { Bx24Error, EXIT, InterruptedError } from '../errors.ts'
import { cleanText } from './clean-text.ts'
import { FailedRun } from './failed-run.ts'

/** What is said about a failure, and what the process ends with. */
export interface ErrorReport {
  /** Whole lines for stderr; empty if nothing is to be said. */
  readonly text: string
  readonly exitCode: number
  /** The signal to raise again, so that the shell sees what ended the run. */
  readonly signal: InterruptedError['signal'] | undefined
  /** The same as `text` in parts, for programs; `undefined` if nothing is to be said. */
  readonly facts: ErrorFacts | undefined
}

export interface ErrorFacts {
  /** As in docs/errors.md; `null` for what has none. */
  readonly code: string | null
  readonly message: string
  readonly causes: readonly string[]
  readonly notes: readonly string[]
  readonly hint: string | null
  readonly stack?: readonly string[]
}

const BUG_HINT =
  'This is a bug in bx24. Please report it, with what BX24_DEBUG=1 prints; the output must not be relied upon.'

/** Turns whatever was thrown into words and an exit code; the only place that does. */
export function reportError(thrown: unknown, { debug }: { debug: boolean }): ErrorReport {
  const [error, notes] = thrown instanceof FailedRun ? [thrown.cause, thrown.notes] : [thrown, []]
  if (error instanceof CommanderError) return commanderReport(error)
  const known = error instanceof Bx24Error ? error : undefined
  const exitCode = known?.exitCode ?? EXIT.bug
  const isQuiet = exitCode === EXIT.brokenPipe
  const isBug = exitCode === EXIT.bug
  const facts: ErrorFacts = {
    code: known?.code ?? null,
    message: `${known === undefined ? 'internal error: ' : ''}${said(error)}`,
    causes: causesOf(error),
    notes: notes.map(cleanText),
    hint: cleanText(known?.hint ?? (isBug ? BUG_HINT : '')) || null,
    ...(debug ? { stack: stackLines(error) } : {}),
  }
  return {
    text: isQuiet ? '' : textOf(facts),
    exitCode,
    signal: error instanceof InterruptedError ? error.signal : undefined,
    facts: isQuiet ? undefined : facts,
  }
}

function textOf({ code, message, causes, notes, hint, stack }: ErrorFacts): string {
  const lines = [
    `bx24: ${message}`,
    ...causes.map((cause) => `  cause: ${cause}`),
    ...notes.map((note) => `  ${note}`),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
    ...(stack === undefined ? [] : [`  code: ${code ?? 'none'}`, ...stack.map((line) => `  ${line}`)]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Wrong words on the command line; help and version, which commander reports in the same way, are no failures. */
function commanderReport(error: CommanderError): ErrorReport {
  const isAnswer = error.exitCode === 0
  // commander has written the help by itself.
  if (isAnswer || error.code === 'commander.help') {
    const exitCode = isAnswer ? EXIT.ok : EXIT.usage
    return { text: '', exitCode, signal: undefined, facts: undefined }
  }
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = more.join(' ').replace(/^\((.*)\)$/, '$1')
  const facts: ErrorFacts = {
    code: null,
    message: cleanText(first),
    causes: [],
    notes: [],
    hint: cleanText(suggestion || 'Run bx24 --help for all commands and options.'),
  }
  return { text: textOf(facts), exitCode: EXIT.usage, signal: undefined, facts }
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown'
  return cleanText(error.message) || error.name
}

/** What lies behind an error, unless its message says so already. */
function causesOf(error: unknown): string[] {
  const message = said(error)
  const texts = behind(error, 0)
    .filter(({ code }) => code === undefined || !message.includes(code))
    .map((cause) => said(cause))
    .filter((text) => !message.includes(text))
  return [...new Set(texts)].slice(0, 3)
}

/** The chain of causes; several attempts to connect fail side by side, as one error that has no text of its own. */
function behind(error: unknown, depth: number): NodeJS.ErrnoException[] {
  if (!(error instanceof Error) || depth === 3) return []
  const causes: unknown[] = error.cause instanceof AggregateError ? error.cause.errors : [error.cause]
  return causes.flatMap((cause) => (cause instanceof Error ? [cause, ...behind(cause, depth + 1)] : []))
}

function stackLines(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack.split('\n').map(cleanText)
}
