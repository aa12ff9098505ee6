import { SCHEMA_KEY } from '../config/config-file.ts'
import {
  COMMAND_KEY,
  OUTPUT_KEY,
  PROFILE_KEY,
  PROFILES_KEY,
  WEBHOOK_FILE_KEY,
  WEBHOOK_KEY,
} from '../config/file-keys.ts'
import { environmentName, flagName } from '../config/settings.ts'
import { type Option, SETTINGS } from './options.ts'
import { OUTPUT_DEFAULTS } from './output-defaults.ts'
import { OUTPUT_OPTIONS } from './output-options.ts'

/**
 * What a configuration file may hold, as JSON Schema, for editors: made from the table of options, so that it cannot
 * say anything else.
 */
export function configSchema(): Readonly<Record<string, unknown>> {
  const settings = Object.fromEntries(
    Object.entries<Option>(SETTINGS).map(([key, option]) => [key, propertyOf(key, option)]),
  )
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of bx24',
    description:
      '.bitrixrc in the working folder, or bx24/config.json (.yaml, .yml) in the user configuration. ' +
      `In .bitrixrc stand neither ${WEBHOOK_FILE_KEY}, ${COMMAND_KEY} nor ${PROFILES_KEY}.`,
    type: 'object',
    additionalProperties: false,
    properties: {
      [SCHEMA_KEY]: { description: 'For editors; bx24 passes it over.', type: 'string' },
      ...CREDENTIALS,
      [PROFILE_KEY]: { description: 'The profile that holds where none is named.', ...PROFILE_NAME },
      [PROFILES_KEY]: {
        description: 'Portals by name, for --profile: what opens each of them, and the settings for it.',
        type: 'object',
        propertyNames: PROFILE_NAME,
        additionalProperties: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: { ...CREDENTIALS, [OUTPUT_KEY]: OUTPUT, ...settings },
        },
      },
      ...settings,
    },
  }
}

const PROFILE_NAME = { type: 'string', pattern: String.raw`^\w[\w.-]{0,63}$` }

const CREDENTIALS = {
  [WEBHOOK_KEY]: {
    description:
      'The inbound webhook of the portal. It is a password: the file must be closed to others (chmod 600). ' +
      'BX24_WEBHOOK and BX24_WEBHOOK_FILE come before it.',
    type: 'string',
    pattern: String.raw`^\s*https?://[^/]+(/.*)?/rest/\d+/[\w-]+(/[\w.]*)?\s*$`,
  },
  [WEBHOOK_FILE_KEY]: { description: 'A file that holds the webhook and nothing else.', type: 'string' },
  [COMMAND_KEY]: {
    description:
      'A program and its arguments. It prints the webhook, or JSON with webhook, or with access_token and portal.',
    type: 'array',
    items: { type: 'string' },
    minItems: 1,
  },
}

/** What `output` of a profile may say: how rows look, not where they go. */
const OUTPUT = {
  description: 'What the rows look like where the command line does not say so.',
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    OUTPUT_DEFAULTS.map((key) => {
      const { description, ...option }: Option = OUTPUT_OPTIONS[key]
      return [
        key,
        { description, ...(option.placeholder === undefined ? { type: 'boolean' } : { type: 'string' }) },
      ]
    }),
  ),
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
