import { expect, test } from 'vitest'
import { environmentName, flagName, resolveSettings, type SettingSources } from '../../src/config/settings.ts'
import { oneOf, wholeNumber, yesNo } from '../../src/config/values.ts'
import { ConfigError, UsageError } from '../../src/errors.ts'

const TABLE = {
  batchSize: { parse: wholeNumber(1, 50), default: '50' },
  progress: { parse: oneOf(['auto', 'none']), default: 'auto' },
  burst: { parse: wholeNumber(1) },
  insecure: { parse: yesNo, default: 'false' },
}

const FILE = { path: '/srv/.bitrixrc', folder: '/w', values: { batchSize: 20 } }
const USER = { path: '/home/config.yaml', folder: '/w', values: { batchSize: 30 } }

function resolve(sources: Partial<SettingSources>): ReturnType<typeof resolveSettings<typeof TABLE>> {
  return resolveSettings(TABLE, { flags: {}, environment: {}, files: [], ...sources })
}

test('one key has three spellings', () => {
  expect([flagName('batchSize'), environmentName('batchSize')]).toEqual(['--batch-size', 'BX24_BATCH_SIZE'])
})

/** Every place where a value may stand, the one that wins first. */
const PLACES = [
  { source: { flags: { batchSize: '10' } }, value: 10, origin: { kind: 'flag', name: '--batch-size' } },
  {
    source: { environment: { BX24_BATCH_SIZE: '15' } },
    value: 15,
    origin: { kind: 'environment', name: 'BX24_BATCH_SIZE' },
  },
  { source: { files: [FILE] }, value: 20, origin: { kind: 'file', name: '/srv/.bitrixrc' } },
  { source: { files: [USER] }, value: 30, origin: { kind: 'file', name: '/home/config.yaml' } },
  { source: {}, value: 50, origin: { kind: 'default', name: '' } },
] as const

const SUBSETS = Array.from({ length: 16 }, (_, bits) =>
  PLACES.filter((_place, at) => at === 4 || (bits & (1 << at)) !== 0),
)

test.each(SUBSETS.map((places) => [places.map(({ value }) => value).join(' before '), places] as const))(
  'of %s the first wins',
  (_title, places) => {
    const files = places.flatMap(({ source }) => ('files' in source ? source.files : []))
    const sources = Object.assign({}, ...places.map(({ source }) => source), { files }) as SettingSources
    const { values, given } = resolve(sources)
    expect(values.batchSize).toBe(places[0]?.value)
    expect(given.batchSize).toMatchObject({ text: String(places[0]?.value), origin: places[0]?.origin })
  },
)

test('an empty variable is not set', () => {
  expect(resolve({ environment: { BX24_BATCH_SIZE: '' }, files: [FILE] }).values.batchSize).toBe(20)
})

test.each([
  [{ flags: { insecure: true } }, true],
  [{ environment: { BX24_INSECURE: '1' } }, true],
  [
    {
      environment: { BX24_INSECURE: 'false' },
      files: [{ path: 'f', folder: '/w', values: { insecure: true } }],
    },
    false,
  ],
  [{ files: [{ path: 'f', folder: '/w', values: { insecure: true } }] }, true],
  [{}, false],
])('the switch of %j is %s', (sources, value) => {
  expect(resolve(sources).values.insecure).toBe(value)
})

test('a setting without a default has no value and no origin', () => {
  const { values, given } = resolve({})
  expect(values.burst).toBeUndefined()
  expect(given).not.toHaveProperty('burst')
})

test('a value of a file may be a text', () => {
  expect(resolve({ files: [{ path: 'x', folder: '/w', values: { batchSize: '7' } }] }).values.batchSize).toBe(
    7,
  )
})

test.each([
  [{ flags: { batchSize: '0' } }, UsageError, '--batch-size must be a whole number from 1 to 50, not "0"'],
  [{ environment: { BX24_BATCH_SIZE: 'x' } }, UsageError, 'BX24_BATCH_SIZE must be a whole number'],
  [
    { files: [{ path: '/w/.bitrixrc', folder: '/w', values: { batchSize: 51 } }] },
    ConfigError,
    '/w/.bitrixrc: batchSize must',
  ],
  [
    { files: [{ path: 'f', folder: '/w', values: { batchSize: [1] } }] },
    ConfigError,
    'f: batchSize must be a text, a number, or true or false',
  ],
  [
    { files: [{ path: 'f', folder: '/w', values: { batchSize: true } }] },
    ConfigError,
    'f: batchSize must be a whole number from 1 to 50, not "true"',
  ],
  [
    { files: [{ path: 'f', folder: '/w', values: { batchSize: null } }] },
    ConfigError,
    'f: batchSize must be a text, a number, or true or false',
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
