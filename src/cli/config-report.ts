import { OAUTH_VARIABLES } from '../config/oauth-source.ts'
import { configPlaces } from '../config/config-files.ts'
import { nearest } from '../lib/nearest.ts'
import { REDIS_FILE } from '../config/redis.ts'
import { environmentName, type Origin } from '../config/settings.ts'
import type { PortalSource } from '../config/portal-source.ts'
import { proxyFor } from '../transport/proxy.ts'
import { cleanText } from './clean-text.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'
import { portalOf } from './portal-of.ts'
import { SETTINGS } from './options.ts'

/** One value and who said it; `null` where nobody did. */
export interface ReportedValue {
  readonly value: string | null
  readonly origin: Origin['kind'] | null
  /** The flag, the variable or the file. */
  readonly from: string | null
}

/** What `bx24 config` shows: every value with its origin, and no secret. */
export interface ConfigReport {
  readonly profile: ReportedValue
  /** What it is, never what it says: `webhook ***`. */
  readonly credential: ReportedValue
  /** Host of the portal; `null` also where only the program of a `credentialCommand` knows. */
  readonly portal: string | null
  readonly proxy: ReportedValue
  readonly settings: Readonly<Record<string, ReportedValue>>
  /** Every file that is looked at. */
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[]
}

const CREDENTIALS: Readonly<Record<PortalSource['kind'], string>> = {
  webhook: 'webhook ***',
  'webhook-file': 'webhook ***',
  command: 'printed by a program',
  stored: 'signed in',
  application: 'application',
}

const NOBODY: ReportedValue = { value: null, origin: null, from: null }

/**
 * Every setting as a run would have it.
 *
 * @throws ConfigError as a run would, so that what is shown is what would be used
 */
export async function configReport(loaded: LoadedSettings, context: Context): Promise<ConfigReport> {
  const { values, given, files } = loaded
  const { profile, source } = loaded.portal
  const portal = source && (await portalOf(source, values, context))
  const proxy = portal && proxyFor(portal.origin, context.environment)
  const { project, user } = configPlaces(context)
  const there = [files.project, files.user].map((file) => file?.path)
  return {
    profile: profile === undefined ? NOBODY : reported(profile.name, profile.origin),
    credential: source === undefined ? NOBODY : reported(CREDENTIALS[source.kind], source.origin),
    portal: portal?.host ?? null,
    proxy: proxy === undefined ? NOBODY : reported(proxy.url, { kind: 'environment', name: proxy.source }),
    settings: Object.fromEntries(
      Object.keys(SETTINGS).map((key) => {
        const one = given[key as keyof typeof SETTINGS]
        return [key, one === undefined ? NOBODY : reported(one.text, one.origin)]
      }),
    ),
    files: [project, ...user].map(({ path }) => ({
      path,
      isThere: there.includes(path),
    })),
  }
}

function reported(value: string, { kind, name }: Origin): ReportedValue {
  return { value: cleanText(value), origin: kind, from: name === '' ? null : name }
}

/** The report as a table for people. */
export function configText({ profile, credential, portal, proxy, settings, files }: ConfigReport): string {
  const rows = [
    ['SETTING', 'VALUE', 'FROM'],
    valueRow('profile', profile),
    valueRow('credential', credential),
    ['portal', portal ?? '-', portal === null ? '' : 'credential'],
    valueRow('proxy', proxy),
    ...Object.entries(settings).map(([key, value]) => valueRow(key, value)),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map(([key = '', value = '', from = '']) =>
    `${key.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}`.trimEnd(),
  )
  const places = files.map(({ path, isThere }) => `  ${path}${isThere ? '' : ' (not there)'}`)
  return [...table, '', 'Configuration files, the one that wins first:', ...places, ''].join('\n')
}

function valueRow(key: string, { value, origin, from }: ReportedValue): string[] {
  return [key, value ?? '-', from ?? (origin === 'default' ? 'default' : '')]
}

/** Variables that tell us something although they are no settings. */
const OTHER_VARIABLES = [
  'BX24_WEBHOOK',
  'BX24_WEBHOOK_FILE',
  ...OAUTH_VARIABLES,
  REDIS_FILE,
  'BX24_PROFILE',
  'BX24_DEBUG',
]

/** `BX24_` variables that mean nothing, as typing errors do: a run passes them over, and nobody would know. */
export function strangeVariables(environment: Context['environment']): string[] {
  const known = [...Object.keys(SETTINGS).map(environmentName), ...OTHER_VARIABLES]
  return Object.keys(environment)
    .filter((name) => name.startsWith('BX24_') && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, known)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return `${cleanText(name)} is set, but means nothing${hint}`
    })
}
