import { stripVTControlCharacters } from 'node:util'
import { redact } from '../protocol/redact.ts'

// Control characters, line separators, and the marks that turn the direction of text around.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g

/** What opens the portal of this run, wherever it stands and whatever surrounds it. */
const secretsOfRun: string[] = []

let areShown = false

/** From now on secrets are shown, as the user has asked for. */
export function showSecrets(): void {
  areShown = true
}

/** Keeps a secret out of everything that is shown from now on. */
export function hideSecrets(secrets: readonly string[]): void {
  secretsOfRun.push(...secrets)
}

/**
 * Text as it may be shown: on one line, unable to drive a terminal, without secrets. What a portal or a file
 * says is data, and data must not paint the screen.
 */
export function cleanText(text: string): string {
  return withoutSecrets(stripVTControlCharacters(text).replace(UNPRINTABLE, ' ').trim())
}

/** Text of whatever lines, without what opens the portal of this run: the last thing before it is shown or written. */
export function withoutSecrets(text: string): string {
  return areShown ? text : redact(text, secretsOfRun)
}
