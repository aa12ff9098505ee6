import { writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { EXIT } from '../errors.ts'
import { writeFailure } from '../output/write-failure.ts'
import { type Context, processContext } from './context.ts'
import { runProgram } from './program.ts'
import { formatFromWords, Messages } from './messages.ts'
import { type ErrorReport, reportError } from './report-error.ts'
import { watchSignals } from './signals.ts'

/**
 * The whole program, from the words behind `bx24` to the exit code. Called by `bin/bx24.cjs`, which has already set the
 * exit code to 70: it is cleared at the end of this and nowhere else, so that a run which gets lost is no success.
 */
export async function main(): Promise<void> {
  const debug = process.env['BX24_DEBUG'] === '1'
  const messages = new Messages({
    stderr: process.stderr,
    isTerminal: process.stderr.isTTY,
    now: Date.now,
    format: formatFromWords(process.argv.slice(2), process.env),
  })
  const settle = watchForLostRun(debug, messages)
  // A closed stderr loses messages, which is no reason to lose rows.
  process.stderr.on('error', () => undefined)
  let stdoutFailure: unknown
  process.stdout.on('error', (error) => {
    stdoutFailure ??= error
  })
  const signals = watchSignals((text) => messages.notice(text))

  const context = processContext(signals.signal, messages)
  let report = await outcome(context, debug)
  await flush(context.stdout)
  if (report.exitCode === EXIT.ok && stdoutFailure !== undefined) {
    report = reportError(writeFailure(stdoutFailure, 'standard output'), { debug })
  }
  if (report.exitCode !== EXIT.ok) messages.failure(report)
  await flush(context.stderr)
  settle()
  process.exitCode = report.exitCode
  if (report.signal !== undefined) signals.raise(report.signal)
  signals.stop()
  context.close()
}

async function outcome(context: Context, debug: boolean): Promise<ErrorReport> {
  try {
    await runProgram(context)
    return { text: '', exitCode: EXIT.ok, signal: undefined, facts: undefined }
  } catch (error: unknown) {
    return reportError(error, { debug })
  }
}

const LOST_RUN: ErrorReport = {
  text: 'bx24: internal error: the run came to no end, so its output is not complete.\n',
  exitCode: EXIT.bug,
  signal: undefined,
  facts: {
    code: null,
    message: 'internal error: the run came to no end, so its output is not complete.',
    causes: [],
    notes: [],
    hint: null,
  },
}

/** Says so if the process ends before the run has: a promise that nobody keeps, or an error that nobody caught. */
function watchForLostRun(debug: boolean, messages: Messages): () => void {
  let isSettled = false
  process.on('exit', () => {
    if (!isSettled) {
      lastWords(messages.failureText(LOST_RUN))
    }
  })
  process.on('uncaughtException', (error) => {
    isSettled = true
    lastWords(messages.failureText(reportError(error, { debug })))
    // Nothing is known about the state of the program any more, so nothing is cleaned up.
    process.exit(EXIT.bug)
  })
  return () => {
    isSettled = true
  }
}

function lastWords(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody is left to tell.
  }
}

/** Resolves once everything written so far has left, or can no longer leave. */
function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

/** The text of `docs/cli.md`; here because it is made from the program as it is shipped. */
export async function cliReference(): Promise<string> {
  const { reference } = await import('./reference.ts')
  return reference()
}

/** The text of `config-schema.json`, for the same reason. */
export async function configSchema(): Promise<string> {
  const { configSchemaText } = await import('./config-schema.ts')
  return configSchemaText()
}
