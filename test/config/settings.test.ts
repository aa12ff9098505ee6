import { expect, test } from 'vitest'
import { environmentName, flagName, resolveSettings, type SettingSources } from '../../src/config/settings.ts'
import { oneOf, wholeNumber } from '../../src/config/values.ts'
import { ConfigError, UsageError } from '../../src/errors.ts'

const TABLE = {
  batchSize: { parse: wholeNumber(1, 50), default: '50' },
  progress: { parse: oneOf(['auto', 'none']), default: 'auto' },
  burst: { parse: wholeNumber(1) },
}

const FILE = { path: '/work/.bitrixrc', values: { batchSize: 20 } }

function resolve(sources: Partial<SettingSources>): ReturnType<typeof resolveSettings<typeof TABLE>> {
  return resolveSettings(TABLE, { flags: {}, environment: {}, ...sources })
}

test('one key has three spellings', () => {
  expect([flagName('batchSize'), environmentName('batchSize')]).toEqual(['--batch-size', 'BX24_BATCH_SIZE'])
})

test.each([
  [{ flags: { batchSize: '10' }, environment: { BX24_BATCH_SIZE: '15' }, file: FILE }, 10, 'flag'],
  [{ environment: { BX24_BATCH_SIZE: '15' }, file: FILE }, 15, 'environment'],
  [{ file: FILE }, 20, 'file'],
  [{}, 50, 'default'],
  [{ environment: { BX24_BATCH_SIZE: '' }, file: FILE }, 20, 'file'], // an empty variable is not set
] as const)('%j gives %i from the %s', (sources, value, origin) => {
  const { values, origins } = resolve(sources)
  expect([values.batchSize, origins.batchSize]).toEqual([value, origin])
})

test('a setting without a default has no value and no origin', () => {
  const { values, origins } = resolve({})
  expect(values.burst).toBeUndefined()
  expect(origins).not.toHaveProperty('burst')
})

test('a value of a file may be a text', () => {
  expect(resolve({ file: { path: 'x', values: { batchSize: '7' } } }).values.batchSize).toBe(7)
})

test.each([
  [{ flags: { batchSize: '0' } }, UsageError, '--batch-size must be a whole number from 1 to 50, not "0"'],
  [{ environment: { BX24_BATCH_SIZE: 'x' } }, UsageError, 'BX24_BATCH_SIZE must be a whole number'],
  [
    { file: { path: '/w/.bitrixrc', values: { batchSize: 51 } } },
    ConfigError,
    '/w/.bitrixrc: batchSize must',
  ],
  [
    { file: { path: 'f', values: { batchSize: [1] } } },
    ConfigError,
    'f: batchSize must be a text or a number',
  ],
  [
    { file: { path: 'f', values: { batchSize: true } } },
    ConfigError,
    'f: batchSize must be a text or a number',
  ],
  [
    { file: { path: 'f', values: { batchSize: null } } },
    ConfigError,
    'f: batchSize must be a text or a number',
  ],
] as const)('%j is refused by the name of its source', (sources, kind, message) => {
  expect(() => resolve(sources)).toThrow(kind)
  expect(() => resolve(sources)).toThrow(message)
})

test('a wrong value is refused even where a flag overrules it', () => {
  expect(() => resolve({ flags: { batchSize: '5' }, environment: { BX24_BATCH_SIZE: 'x' } })).toThrow(
    UsageError,
  )
})
