import { RESERVED_KEYS, SCHEMA_KEY, WEBHOOK_KEY } from '../config/config-file.ts'
import { environmentName, flagName } from '../config/settings.ts'
import { type Option, SETTINGS } from './options.ts'

/**
 * What a configuration file may hold, as JSON Schema, for editors: made from the table of options, so that it cannot
 * say anything else.
 */
export function configSchema(): Readonly<Record<string, unknown>> {
  const settings = Object.entries<Option>(SETTINGS).map(([key, option]) => [key, propertyOf(key, option)])
  const reserved = RESERVED_KEYS.map((key) => [
    key,
    { description: 'Kept for a later release; refused until then.', not: {} },
  ])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of bx24',
    description:
      '.bitrixrc in the working folder, or bx24/config.json (.yaml, .yml) in the user configuration',
    type: 'object',
    additionalProperties: false,
    properties: {
      [SCHEMA_KEY]: { description: 'For editors; bx24 passes it over.', type: 'string' },
      [WEBHOOK_KEY]: {
        description:
          'The inbound webhook of the portal. It is a password: the file must be closed to others (chmod 600). ' +
          'BX24_WEBHOOK and BX24_WEBHOOK_FILE come before it.',
        type: 'string',
        pattern: String.raw`^\s*https?://[^/]+(/.*)?/rest/\d+/[\w-]+(/[\w.]*)?\s*$`,
      },
      ...Object.fromEntries([...settings, ...reserved]),
    },
  }
}

function propertyOf(key: string, { description, parse, default: preset }: Option): Record<string, unknown> {
  return {
    description: `${description} (${flagName(key)}, ${environmentName(key)})`,
    ...(parse.schema ?? { type: ['string', 'number'] }),
    ...(preset === undefined ? {} : { default: presetOf(preset, parse.schema?.['type']) }),
  }
}

/** Presets are texts; in a file numbers and switches are what they are. */
function presetOf(text: string, type: unknown): unknown {
  return type === 'integer' || type === 'number' || type === 'boolean' ? (JSON.parse(text) as unknown) : text
}

/** The text of `config-schema.json`. */
export function configSchemaText(): string {
  return `${JSON.stringify(configSchema(), null, 2)}\n`
}
