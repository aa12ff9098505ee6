import { resolve } from 'node:path'
import { ConfigError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { COMMAND_KEY, CREDENTIAL_KEYS, WEBHOOK_FILE_KEY } from './file-keys.ts'
import { OAUTH_VARIABLES } from './oauth-source.ts'
import type { FileValues, Origin } from './settings.ts'

/** Where the credential of a run comes from; nothing of it is opened, run or asked yet. */
export type PortalSource =
  | { readonly kind: 'webhook'; readonly webhook: Secret; readonly origin: Origin }
  /** A file that holds the webhook; `named` says who names it. */
  | { readonly kind: 'webhook-file'; readonly path: string; readonly named: string; readonly origin: Origin }
  /** A program that prints a credential. */
  | {
      readonly kind: 'command'
      readonly words: readonly [string, ...string[]]
      readonly folder: string
      readonly origin: Origin
    }
  /** What `bx24 auth login` has stored under this name. */
  | { readonly kind: 'stored'; readonly name: string; readonly origin: Origin }
  /** An application, told by variables of its own. */
  | { readonly kind: 'application'; readonly origin: Origin }

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that name a portal, of which one may be set. */
const VARIABLES = ['BX24_WEBHOOK', 'BX24_WEBHOOK_FILE'] as const

/** What the environment names; `undefined` if nothing. @throws ConfigError if it names two, which may be two portals */
export function sourceInEnvironment(environment: Environment, cwd: string): PortalSource | undefined {
  const [name, another] = VARIABLES.filter((variable) => (environment[variable] ?? '') !== '')
  const ofApplication = OAUTH_VARIABLES.find((variable) => (environment[variable] ?? '') !== '')
  // What else is wrong with them is found where they are read.
  if (ofApplication !== undefined) {
    return { kind: 'application', origin: { kind: 'environment', name: ofApplication } }
  }
  if (name === undefined) return undefined
  if (another !== undefined) {
    throw new ConfigError(
      'webhook-twice',
      `Both ${name} and ${another} are set.`,
      'Unset one of them: they may name different portals.',
    )
  }
  const value = environment[name] ?? ''
  if (name === 'BX24_WEBHOOK') {
    return { kind: 'webhook', webhook: new Secret(value.trim()), origin: { kind: 'environment', name } }
  }
  const origin: Origin = { kind: 'environment', name: `${name} (${value})` }
  return { kind: 'webhook-file', path: resolve(cwd, value), named: name, origin }
}

/** What a file, or a profile in it, names; `undefined` if nothing. @throws ConfigError for what cannot be meant */
export function sourceInFile({ path, folder, values }: FileValues): PortalSource | undefined {
  const origin: Origin = { kind: 'file', name: path, folder }
  const key = CREDENTIAL_KEYS.find((one) => values[one] !== undefined && values[one] !== '')
  if (key === COMMAND_KEY) return { kind: 'command', words: wordsOf(path, values[key]), folder, origin }
  const text = key === undefined ? '' : values[key]
  if (typeof text !== 'string')
    throw new ConfigError('invalid-value', `${path}: ${key ?? ''} must be a text.`)
  if (text.trim() === '') return undefined
  if (key === WEBHOOK_FILE_KEY) {
    return {
      kind: 'webhook-file',
      path: resolve(folder, text),
      named: `${path}: ${WEBHOOK_FILE_KEY}`,
      origin,
    }
  }
  return { kind: 'webhook', webhook: new Secret(text.trim()), origin }
}

/** A list, since there is no shell that would take a line apart. */
function wordsOf(path: string, value: unknown): [string, ...string[]] {
  const [program, ...words] = Array.isArray(value) ? (value as readonly unknown[]) : []
  const isText = (word: unknown): word is string => typeof word === 'string'
  if (isText(program) && program !== '' && words.every(isText)) return [program, ...words]
  throw new ConfigError(
    'invalid-value',
    `${path}: ${COMMAND_KEY} must be a list of texts, the program and its arguments; it is not run by a shell.`,
    `Write ${COMMAND_KEY}: [pass, show, bitrix24]`,
  )
}

/** What there is to say where nothing names a portal. */
export function portalMissing(): ConfigError {
  return new ConfigError(
    'webhook-missing',
    'No webhook: nothing says which portal to read.',
    'Sign in with bx24 auth login, or set BX24_WEBHOOK, BX24_WEBHOOK_FILE to a file that holds it, or webhook in ' +
      '.bitrixrc; add --sandbox to try bx24 without a portal.',
  )
}
