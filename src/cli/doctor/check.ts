import { Bx24Error, EXIT } from '../../errors.ts'

export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped'

/** What was looked at, and what came of it; nothing in it opens a portal. */
export interface Check {
  readonly name: string
  readonly status: CheckStatus
  readonly message: string
  /** What to do about it. */
  readonly hint?: string | undefined
  /** What the program would end with because of it; 1 if nothing is said. */
  readonly exitCode?: number
}

export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message }
}

export function warning(name: string, message: string, hint?: string): Check {
  return { name, status: 'warning', message, hint }
}

export function failure(name: string, message: string, hint?: string): Check {
  return { name, status: 'failed', message, hint }
}

export function skipped(name: string, why: string): Check {
  return { name, status: 'skipped', message: why }
}

/** What was thrown, as a check that failed. What is no error of ours is a bug, and goes on. */
export function failureOf(name: string, error: unknown): Check {
  if (!(error instanceof Bx24Error)) throw error
  const { message, hint, exitCode } = error
  return { name, status: 'failed', message, hint, exitCode: exitCode === EXIT.auth ? EXIT.auth : EXIT.failed }
}

/** 4 if somebody has to sign in, 1 for whatever else has failed, 0 if nothing has. */
export function exitCodeOf(checks: readonly Check[]): number {
  const failed = checks.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return EXIT.ok
  return failed.some(({ exitCode }) => exitCode === EXIT.auth) ? EXIT.auth : EXIT.failed
}

const WORDS: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  skipped: 'skipped',
}

/** A line for each check, with what to do below it. */
export function checksText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, status, message, hint }) => [
    `${WORDS[status].padEnd(7)}  ${name.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`${' '.repeat(11 + width)}${hint}`]),
  ])
  return `${lines.join('\n')}\n`
}
