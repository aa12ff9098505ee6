import type { Writable } from 'node:stream'
import type { DrawnLine } from '../progress/live-line.ts'
import { isKept, type LogEntry, type LogLevel } from '../progress/log-entries.ts'
import { cleanText } from './clean-text.ts'
import type { PrivateFile } from './private-file.ts'
import type { ErrorReport } from './report-error.ts'

export const LOG_FORMATS = ['text', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

export interface MessageSettings {
  readonly format: LogFormat
  readonly level: LogLevel
  /** Where the log goes instead of stderr; warnings and errors go to both. */
  readonly file: PrivateFile | undefined
}

export interface MessageOptions {
  readonly stderr: Writable
  readonly isTerminal: boolean
  readonly now: () => number
  /** Until the settings are known. */
  readonly format: LogFormat
}

/** Everything that is said on stderr goes through here: whole lines, above the line that is drawn, JSON if that is wanted. */
export class Messages {
  readonly #stderr: Writable
  readonly #isTerminal: boolean
  readonly #now: () => number
  #settings: MessageSettings
  #line: DrawnLine | undefined
  #tellFailure: ((report: ErrorReport) => void) | undefined

  constructor({ stderr, isTerminal, now, format }: MessageOptions) {
    this.#stderr = stderr
    this.#isTerminal = isTerminal
    this.#now = now
    this.#settings = { format, level: 'warning', file: undefined }
  }

  get settings(): MessageSettings {
    return this.#settings
  }

  configure(settings: MessageSettings): void {
    this.#settings = settings
  }

  /** The line that is drawn from now on. */
  drawAround(line: DrawnLine | undefined): void {
    this.#line = line
  }

  /** What is to be said once an error was; at most one run says something. */
  whenFailed(tell: (report: ErrorReport) => void): void {
    this.#tellFailure = tell
  }

  log(entry: LogEntry): void {
    const { level, file, format } = this.#settings
    if (!isKept(entry.level, level)) return
    file?.write(`${format === 'json' ? this.#jsonLine(entry) : this.#datedLine(entry)}\n`)
    if (file !== undefined && !isKept(entry.level, 'warning')) return
    this.print(format === 'json' ? this.#jsonLine(entry) : this.#textLine(entry))
  }

  warn(message: string): void {
    this.log({ level: 'warning', message })
  }

  /** For somebody at a terminal; nobody else needs to know. */
  notice(message: string): void {
    if (!this.#isTerminal) return
    const { format } = this.#settings
    this.print(format === 'json' ? this.#jsonLine({ level: 'info', message }) : `bx24: ${message}`)
  }

  /** The error that ended the run, and what belongs to it. */
  failure(report: ErrorReport): void {
    const { format, file } = this.#settings
    if (report.text !== '') {
      const json = this.failureText(report)
      if (file !== undefined) {
        const dated = this.#datedLine({
          level: 'error',
          message: report.text.trimEnd().split('\n').join(' |'),
        })
        file.write(format === 'json' ? json : `${dated}\n`)
      }
      this.print(json.trimEnd())
    }
    this.#tellFailure?.(report)
    file?.close()
  }

  /** The lines of an error, as text or as one JSON object. */
  failureText({ text, facts, exitCode }: ErrorReport): string {
    if (this.#settings.format === 'text' || text === '') return text
    const time = new Date(this.#now()).toISOString()
    return `${JSON.stringify({ type: 'error', time, level: 'error', exit: exitCode, ...facts })}\n`
  }

  /** Lines as they are, above the line that is drawn. */
  print(text: string): void {
    if (this.#line === undefined) this.#stderr.write(`${text}\n`)
    else this.#line.around(() => this.#stderr.write(`${text}\n`))
  }

  /** Text that is not JSON, in such an object if stderr holds nothing else. */
  printText(type: string, text: string): void {
    if (this.#settings.format === 'text') this.print(text)
    else this.print(JSON.stringify({ type, time: new Date(this.#now()).toISOString(), message: text }))
  }

  #textLine(entry: LogEntry): string {
    if (!this.#isTerminal && entry.level !== 'warning') return this.#datedLine(entry)
    return `bx24: ${entry.level === 'warning' ? 'warning: ' : ''}${cleanText(entry.message)}`
  }

  #datedLine({ level, message }: LogEntry): string {
    return `${new Date(this.#now()).toISOString()} ${level} ${cleanText(message)}`
  }

  #jsonLine({ level, message, facts = {} }: LogEntry): string {
    const time = new Date(this.#now()).toISOString()
    return cleanJson({ type: 'log', time, level, message: cleanText(message), ...facts })
  }
}

/** JSON whose texts cannot drive a terminal and hold no webhook. */
function cleanJson(facts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(facts, (_key, value: unknown) =>
    typeof value === 'string' ? cleanText(value) : value,
  )
}

/** The format that is asked for before the settings are read, so that a wrong word is reported in it too. */
export function formatFromWords(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): LogFormat {
  const flag = '--log-format'
  const word = argv.findLast(
    (one, at) => one.startsWith(`${flag}=`) || (argv[at - 1] === flag && !one.startsWith('-')),
  )
  const wanted = word?.replace(`${flag}=`, '') ?? environment['BX24_LOG_FORMAT']
  return wanted === 'json' ? 'json' : 'text'
}
