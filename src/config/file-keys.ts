import { ConfigError } from '../errors.ts'
import { nearest } from '../lib/nearest.ts'

/** The webhook itself: a file that has it must be closed to others. */
export const WEBHOOK_KEY = 'webhook'
/** A file that holds the webhook and nothing else. */
export const WEBHOOK_FILE_KEY = 'webhookFile'
/** A program, with its arguments, that prints a credential. */
export const COMMAND_KEY = 'credentialCommand'
/** Which profile holds where nobody names one. */
export const PROFILE_KEY = 'profile'
/** The profiles, by name. */
export const PROFILES_KEY = 'profiles'
/** What the output of a profile looks like where nobody says so. */
export const OUTPUT_KEY = 'output'

/** Where a credential is said in a user's own configuration; of each place only one. */
export const CREDENTIAL_KEYS: readonly string[] = [WEBHOOK_KEY, WEBHOOK_FILE_KEY, COMMAND_KEY]

/** In `.bitrixrc`, which lies in a project: it may come from anybody, so it runs nothing. */
export const PROJECT_KEYS: readonly string[] = [WEBHOOK_KEY, PROFILE_KEY]
/** In the user's own configuration. */
export const USER_KEYS: readonly string[] = [...CREDENTIAL_KEYS, PROFILE_KEY, PROFILES_KEY]
/** In a profile. */
export const PROFILE_KEYS: readonly string[] = [...CREDENTIAL_KEYS, OUTPUT_KEY]

type Values = Readonly<Record<string, unknown>>

interface KeyRules {
  readonly settings: readonly string[]
  readonly isUsers: boolean
}

/** Letters, digits, `.`, `_` and `-`: what needs no quotes in a shell, and is no path. */
const PROFILE_NAME = /^\w[\w.-]{0,63}$/

export function isProfileName(name: string): boolean {
  return PROFILE_NAME.test(name)
}

/**
 * Checks the names of everything in a file, in its profiles as well.
 *
 * @throws ConfigError for a key that is not known there, and for what is no profile
 */
export function checkKeys(path: string, values: Values, { settings, isUsers }: KeyRules): void {
  const known = [...(isUsers ? USER_KEYS : PROJECT_KEYS), ...settings]
  for (const key of Object.keys(values)) {
    if (!isUsers && USER_KEYS.includes(key) && !known.includes(key)) throw notHere(path, key)
    refuseUnlessKnown(path, key, known)
  }
  refuseSeveral(path, values)
  for (const [name, profile] of Object.entries(profilesIn(path, values))) {
    const place = `${path}: ${PROFILES_KEY}.${name}`
    for (const key of Object.keys(profile)) refuseUnlessKnown(place, key, [...PROFILE_KEYS, ...settings])
    refuseSeveral(place, profile)
  }
}

/** The profiles of a file, by name. @throws ConfigError for what is none */
export function profilesIn(path: string, values: Values): Readonly<Record<string, Values>> {
  const profiles = values[PROFILES_KEY]
  if (profiles === undefined || profiles === null) return {}
  if (!isMap(profiles))
    throw new ConfigError('invalid-value', `${path}: ${PROFILES_KEY} must be a map of names.`)
  return Object.fromEntries(
    Object.entries(profiles).map(([name, profile]) => {
      const place = `${path}: ${PROFILES_KEY}.${name}`
      if (!isProfileName(name)) {
        throw new ConfigError(
          'profile-name',
          `${path} has a profile ${JSON.stringify(name)}, which is no name for one.`,
          'Names are of letters, digits, ".", "_" and "-".',
        )
      }
      if (profile !== null && !isMap(profile)) {
        throw new ConfigError('invalid-value', `${place} must hold keys and values.`)
      }
      return [name, profile ?? {}]
    }),
  )
}

export function holdsWebhook(values: Values): boolean {
  return anywhere(values, WEBHOOK_KEY)
}

export function namesCommand(values: Values): boolean {
  return anywhere(values, COMMAND_KEY)
}

function anywhere(values: Values, key: string): boolean {
  const profiles = values[PROFILES_KEY]
  const others = isMap(profiles) ? Object.values(profiles).filter(isMap) : []
  return [values, ...others].some((one) => one[key] !== undefined)
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notHere(path: string, key: string): ConfigError {
  const why = key === COMMAND_KEY ? 'a project must not make bx24 run a command' : 'that belongs to its user'
  return new ConfigError(
    'not-in-project',
    `${path} holds ${key}, but ${why}.`,
    `Put ${key} into your own configuration, ~/.config/bx24/config.yaml.`,
  )
}

/** Two credentials may open different portals. */
function refuseSeveral(place: string, values: Values): void {
  const [one, another] = CREDENTIAL_KEYS.filter((key) => values[key] !== undefined)
  if (one === undefined || another === undefined) return
  throw new ConfigError('credential-twice', `${place} holds both ${one} and ${another}.`, 'Keep one of them.')
}

function refuseUnlessKnown(place: string, key: string, known: readonly string[]): void {
  if (known.includes(key)) return
  const meant = nearest(key, known)
  const hint = meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${meant}?`
  throw new ConfigError('unknown-key', `${place} holds the unknown key ${JSON.stringify(key)}.`, hint)
}
