import { ConfigError, UsageError } from '../errors.ts'
import { type Parser, ValueError } from './values.ts'

/** What a setting is, apart from its name: how its text is read and what holds if nobody says anything. */
export interface Setting<T = unknown> {
  readonly parse: Parser<T>
  /** As text, read by the same parser as everything else. */
  readonly default?: string
  /** How a text is shown that may hold a secret; as it was given if left out. */
  readonly shown?: (given: string) => string
}

/** Settings by their key: `batchSize` is `--batch-size`, `BX24_BATCH_SIZE`, and `batchSize` in a file. */
export type SettingTable = Readonly<Record<string, Setting>>

/** Where a value came from: which flag, which variable, which file. */
export interface Origin {
  readonly kind: 'flag' | 'environment' | 'file' | 'default'
  /** `--batch-size`, `BX24_BATCH_SIZE`, the path of the file; empty for a default. */
  readonly name: string
  /** Of a file: where the relative paths in it begin. */
  readonly folder?: string
}

/** A value as it was given, before it is read. */
export interface Given {
  /** As it may be shown. */
  readonly text: string
  readonly origin: Origin
}

type ValueOf<S> =
  S extends Setting<infer T> ? (S extends { readonly default: string } ? T : T | undefined) : never
export type SettingValues<T extends SettingTable> = { readonly [K in keyof T]: ValueOf<T[K]> }

/** What a configuration file holds, by key; not yet read as values. `path` names it in messages. */
export interface FileValues {
  readonly path: string
  /** Where the relative paths in it begin. */
  readonly folder: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface SettingSources {
  /** What stood on the command line, by key. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Configuration files, the one that wins first. */
  readonly files: readonly FileValues[]
}

export interface ResolvedSettings<T extends SettingTable> {
  readonly values: SettingValues<T>
  /** What was said about each value, and where; a setting that nobody gave and that has no default is left out. */
  readonly given: Readonly<Partial<Record<keyof T, Given>>>
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
 * Settles every setting of the table: flag before environment before files before default. All sources are checked,
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
  const given: Record<string, Given> = {}
  for (const [key, setting] of Object.entries(table)) {
    const found = candidates(setting, key, sources).map((one) => ({
      one,
      value: readGiven(setting, key, one),
    }))
    const winner = found[0]
    values[key] = winner?.value
    if (winner === undefined) continue
    const { one } = winner
    given[key] = setting.shown === undefined ? one : { ...one, text: setting.shown(one.text) }
  }
  return { values: values as SettingValues<T>, given: given as ResolvedSettings<T>['given'] }
}

/** Reads one value of a flag; also used for the options that only the command line knows. @throws UsageError */
export function parseFlag<T>(parse: Parser<T>, key: string, given: string): T {
  return read({ parse }, given, (why) => new UsageError('invalid-value', `${flagName(key)} ${why}`))
}

/** Everything that was said about a setting; whoever wins comes first. */
function candidates(setting: Setting, key: string, { flags, environment, files }: SettingSources): Given[] {
  const flag = flags[key]
  const variable = environmentName(key)
  const fromEnvironment = environment[variable] ?? ''
  return [
    // A switch has no text of its own: it is there.
    ...(typeof flag === 'string' || flag === true ? [given(String(flag), 'flag', flagName(key))] : []),
    ...(fromEnvironment === '' ? [] : [given(fromEnvironment, 'environment', variable)]),
    ...files
      .filter(({ values }) => values[key] !== undefined)
      .map(({ path, folder, values }) => ({
        text: textIn(path, key, values[key]),
        origin: { kind: 'file' as const, name: path, folder },
      })),
    ...(setting.default === undefined ? [] : [given(setting.default, 'default', '')]),
  ]
}

function given(text: string, kind: Origin['kind'], name: string): Given {
  return { text, origin: { kind, name } }
}

function textIn(path: string, key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  throw new ConfigError('invalid-value', `${path}: ${key} must be a text, a number, or true or false`)
}

function readGiven(setting: Setting, key: string, { text, origin }: Given): unknown {
  return read(setting, text, (why) =>
    origin.kind === 'file'
      ? new ConfigError('invalid-value', `${origin.name}: ${key} ${why}`)
      : new UsageError('invalid-value', `${origin.name} ${why}`),
  )
}

function read<T>({ parse, shown }: Setting<T>, given: string, complain: (why: string) => Error): T {
  try {
    return parse(given)
  } catch (error: unknown) {
    if (!(error instanceof ValueError)) throw error
    throw complain(shown === undefined ? `${error.message}, not ${JSON.stringify(given)}` : error.message)
  }
}
