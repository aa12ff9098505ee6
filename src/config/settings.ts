import { ConfigError, UsageError } from '../errors.ts'
import { type Parser, ValueError } from './values.ts'

/** What a setting is, apart from its name: how its text is read and what holds if nobody says anything. */
export interface Setting<T = unknown> {
  readonly parse: Parser<T>
  /** As text, read by the same parser as everything else. */
  readonly default?: string
}

/** Settings by their key: `batchSize` is `--batch-size`, `BX24_BATCH_SIZE`, and `batchSize` in a file. */
export type SettingTable = Readonly<Record<string, Setting>>

export type Origin = 'flag' | 'environment' | 'file' | 'default'

type ValueOf<S> =
  S extends Setting<infer T> ? (S extends { readonly default: string } ? T : T | undefined) : never
export type SettingValues<T extends SettingTable> = { readonly [K in keyof T]: ValueOf<T[K]> }

export interface SettingSources {
  /** What stood on the command line, by key. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What the configuration file holds, by key; `path` names it in messages. */
  readonly file?: { readonly path: string; readonly values: Readonly<Record<string, unknown>> } | undefined
}

export interface ResolvedSettings<T extends SettingTable> {
  readonly values: SettingValues<T>
  /** Where each value came from; a setting that nobody gave and that has no default is left out. */
  readonly origins: Readonly<Partial<Record<keyof T, Origin>>>
}

/** `batchSize` → `--batch-size` */
export function flagName(key: string): string {
  return `--${words(key).join('-')}`
}

/** `batchSize` → `BX24_BATCH_SIZE` */
export function environmentName(key: string): string {
  return `BX24_${words(key).join('_').toUpperCase()}`
}

function words(key: string): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase())
}

/**
 * Settles every setting of the table: flag before environment before file before default. All sources are checked,
 * the overruled ones too: a typing error in a file must not lie in wait for the day on which the flag is left out.
 * An environment variable that is empty counts as not set.
 *
 * @throws UsageError for a flag or a variable, ConfigError for a file; each names what it found and where
 */
export function resolveSettings<T extends SettingTable>(
  table: T,
  sources: SettingSources,
): ResolvedSettings<T> {
  const values: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const [key, setting] of Object.entries(table)) {
    const found = [
      ['flag', fromFlag(setting, key, sources.flags[key])],
      ['environment', fromEnvironment(setting, key, sources.environment)],
      ['file', fromFile(setting, key, sources.file)],
      ['default', setting.default === undefined ? undefined : setting.parse(setting.default)],
    ] as const
    const [origin, value] = found.find(([, candidate]) => candidate !== undefined) ?? []
    values[key] = value
    if (origin !== undefined) origins[key] = origin
  }
  return { values: values as SettingValues<T>, origins: origins as ResolvedSettings<T>['origins'] }
}

/** Reads one value of a flag; also used for the options that only the command line knows. @throws UsageError */
export function parseFlag<T>(parse: Parser<T>, key: string, given: string): T {
  return read(parse, given, (why) => new UsageError('invalid-value', `${flagName(key)} ${why}`))
}

function fromFlag(setting: Setting, key: string, given: unknown): unknown {
  return typeof given === 'string' ? parseFlag(setting.parse, key, given) : undefined
}

function fromEnvironment(setting: Setting, key: string, environment: SettingSources['environment']): unknown {
  const name = environmentName(key)
  const given = environment[name]
  if (given === undefined || given === '') return undefined
  return read(setting.parse, given, (why) => new UsageError('invalid-value', `${name} ${why}`))
}

function fromFile(setting: Setting, key: string, file: SettingSources['file']): unknown {
  const given = file?.values[key]
  if (file === undefined || given === undefined) return undefined
  const complain = (why: string): ConfigError =>
    new ConfigError('invalid-value', `${file.path}: ${key} ${why}`)
  if (typeof given !== 'string' && typeof given !== 'number') throw complain('must be a text or a number')
  return read(setting.parse, String(given), complain)
}

function read<T>(parse: Parser<T>, given: string, complain: (why: string) => Error): T {
  try {
    return parse(given)
  } catch (error: unknown) {
    if (!(error instanceof ValueError)) throw error
    throw complain(`${error.message}, not ${JSON.stringify(given)}`)
  }
}
