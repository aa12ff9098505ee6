import { stripVTControlCharacters } from 'node:util'
import { redact } from '../protocol/redact.ts'

// Control characters, line separators, and the marks that turn the direction of text around.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g

/** What opens the portal of this run, wherever it stands and whatever surrounds it. */
const secretsOfRun: string[] = []

/** Keeps a secret out of everything that is shown from now on. */
export function hideSecrets(secrets: readonly string[]): void {
  secretsOfRun.push(...secrets)
}

/**
 * Text as it may be shown: on one line, unable to drive a terminal, without secrets. What a portal or a file
 * says is data, and data must not paint the screen.
 */
export function cleanText(text: string): string {
  return redact(stripVTControlCharacters(text).replace(UNPRINTABLE, ' '), secretsOfRun).trim()
}
