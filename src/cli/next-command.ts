import { EXIT } from '../errors.ts'
import { cleanText } from './clean-text.ts'

/** Failures that count as temporary and yet stay until somebody does something. */
const NOT_BY_ITSELF = new Set(['transport.certificate', 'transport.proxy'])

/**
 * What to do after a run that ended with `exitCode`, as a command to be pasted; `undefined` if doing the same again would
 * end the same.
 */
export function nextStep(
  exitCode: number,
  argv: readonly string[],
  errorCode: string | undefined,
): string | undefined {
  if (errorCode !== undefined && NOT_BY_ITSELF.has(errorCode)) return undefined
  const command = ['bx24', ...argv].map(shellQuoted).join(' ')
  // Words that may not be shown as they are cannot be pasted either.
  const again = cleanText(command) === command ? command : 'the same command'
  const isStopped = exitCode === 129 || exitCode === 130 || exitCode === 143
  if (exitCode === EXIT.temporary || isStopped) return `run again: ${again}`
  if (exitCode === EXIT.output) return `make room or choose another output, then run again: ${again}`
  return undefined
}

/** A word as a POSIX shell reads it back. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
