import { flagName } from '../config/settings.ts'
import { OUTPUT_KEY } from '../config/file-keys.ts'
import type { FileValues } from '../config/settings.ts'
import { ConfigError } from '../errors.ts'
import { nearest } from '../lib/nearest.ts'
import type { PortalChoice } from '../config/choose-portal.ts'
import { OUTPUT_OPTIONS } from './output-options.ts'

/** What a profile may say of its output: how rows look, and nothing of where they go. */
export const OUTPUT_DEFAULTS = ['format', 'flatten', 'excel', 'delimiter', 'noHeader', 'bom', 'crlf'] as const
type OutputDefault = (typeof OUTPUT_DEFAULTS)[number]

/** Means something to tables alone, so that it is no default for anything else. */
const OF_TABLES: readonly OutputDefault[] = OUTPUT_DEFAULTS.filter((key) => key !== 'format')

/**
 * The flags of a run with what its profile says of the output where the command line does not. The ending of a file's
 * name is a word of the command line as well.
 *
 * @throws ConfigError for what a profile cannot say
 */
export function withOutputDefaults(
  flags: Readonly<Record<string, unknown>>,
  { files }: PortalChoice,
): Readonly<Record<string, unknown>> {
  const file = files.find(({ values }) => values[OUTPUT_KEY] !== undefined)
  if (file === undefined) return flags
  const defaults = readDefaults(file)
  const output = flags['output']
  const isNamed = typeof output === 'string' && /\.(ndjson|jsonl|csv|tsv|json)(\.gz)?$/.test(output)
  const format = flags['format'] ?? (isNamed ? undefined : defaults.get('format'))
  const ending = isNamed ? /\.(\w+)(?:\.gz)?$/.exec(output)?.[1] : undefined
  const isTable = ['csv', 'tsv'].includes((flags['format'] ?? ending ?? format ?? '') as string)
  const isGivenStyle = OF_TABLES.some((key) => key in flags || flags['header'] === false)
  const styles = isTable && !isGivenStyle ? OF_TABLES.filter((key) => defaults.has(key)) : []
  return {
    ...flags,
    ...(format === undefined ? {} : { format }),
    // commander takes --no-header for the opposite of another flag.
    ...Object.fromEntries(
      styles.map((key) => (key === 'noHeader' ? ['header', false] : [key, defaults.get(key)])),
    ),
  }
}

function readDefaults({ path, values }: FileValues): Map<OutputDefault, unknown> {
  const output = values[OUTPUT_KEY]
  if (typeof output !== 'object' || output === null || Array.isArray(output)) {
    throw new ConfigError('invalid-value', `${path}: ${OUTPUT_KEY} must hold keys and values.`)
  }
  const read = new Map<OutputDefault, unknown>()
  for (const [key, value] of Object.entries(output)) {
    const known = OUTPUT_DEFAULTS.find((one) => one === key)
    if (known === undefined) {
      const meant = nearest(key, OUTPUT_DEFAULTS)
      throw new ConfigError(
        'unknown-key',
        `${path}: ${OUTPUT_KEY} holds the unknown key ${JSON.stringify(key)}.`,
        meant === undefined ? `Known keys: ${OUTPUT_DEFAULTS.join(', ')}.` : `Did you mean ${meant}?`,
      )
    }
    const isSwitch = !('placeholder' in OUTPUT_OPTIONS[known])
    const wanted = isSwitch ? 'boolean' : 'string'
    if (typeof value !== wanted) {
      const must = isSwitch ? 'true or false' : 'a text'
      throw new ConfigError(
        'invalid-value',
        `${path}: ${OUTPUT_KEY}.${key} (${flagName(key)}) must be ${must}.`,
      )
    }
    if (value !== false) read.set(known, value)
  }
  return read
}
