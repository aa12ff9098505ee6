import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { defaultLoadersSync } from 'cosmiconfig'
import { expect, test } from 'vitest'
import { configSchema, configSchemaText } from '../../src/cli/config-schema.ts'
import { SETTING_KEYS } from '../../src/cli/options.ts'
import { PROJECT_KEYS, USER_KEYS } from '../../src/config/file-keys.ts'

const ROOT = new URL('../../', import.meta.url)
const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(configSchema())

test('config-schema.json is what the program says (npm run docs)', () => {
  expect(readFileSync(new URL('config-schema.json', ROOT), 'utf8')).toBe(configSchemaText())
})

test('the schema knows every key', () => {
  const { properties } = configSchema() as { properties: object }
  expect(Object.keys(properties).sort()).toEqual([...SETTING_KEYS, ...USER_KEYS, '$schema'].sort())
})

test('the example is valid, as it is and with every key in use', () => {
  const example = readFileSync(new URL('.bitrixrc.example', ROOT), 'utf8')
  const inUse = example.replace(/^# ([a-z]\w*: )/gm, '$1')
  const values: unknown = defaultLoadersSync['.yaml']('example', inUse)
  expect(Object.keys(values as object)).toHaveLength(SETTING_KEYS.length + PROJECT_KEYS.length)
  expect([isValid(values), isValid.errors]).toEqual([true, null])
  expect(isValid({})).toBe(true)
})

test.each([
  { retries: 3, maxWait: '1h', timeout: 75, tps: 0.5, insecure: true },
  { $schema: './node_modules/bx24-cli/config-schema.json' },
  { webhook: 'https://example.bitrix24.com/rest/1/abc123/' },
  { webhook: 'https://intranet.example/portal/rest/1/abc123' },
  { profile: 'main' },
  {
    profiles: {
      main: { plan: 'box', webhookFile: 'w', output: { format: 'csv', excel: true } },
      other: null,
    },
  },
  { credentialCommand: ['pass', 'show', 'bitrix24'] },
])('%j is valid', (values) => {
  expect(isValid(values)).toBe(true)
})

test.each([
  { retires: 3 },
  { retries: -1 },
  { batchSize: 51 },
  { maxWait: '1 hour' },
  { maxWait: 0 },
  { insecure: 'yes' },
  { plan: 'gold' },
  { webhook: 'example.bitrix24.com' },
  { profile: 'a/b' },
  { profiles: [] },
  { profiles: { main: { retires: 3 } } },
  { profiles: { main: { profiles: {} } } },
  { profiles: { main: { output: { append: true } } } },
  { credentialCommand: 'pass show bitrix24' },
])('%j is not', (values) => {
  expect(isValid(values)).toBe(false)
})
