import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SETTING_KEYS, SETTINGS } from '../../src/cli/options.ts'
import { readConfigFile } from '../../src/config/config-file.ts'
import { PROJECT_KEYS } from '../../src/config/file-keys.ts'
import { resolveSettings } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

const EXAMPLE = readFileSync(new URL('../../.bitrixrc.example', import.meta.url), 'utf8')
/** The example as somebody has it who has taken every key into use. */
const IN_USE = EXAMPLE.replace(/^# ([a-z]\w*: )/gm, '$1')

async function read(text: string): ReturnType<typeof readConfigFile> {
  const path = join(tempFolder(), '.bitrixrc')
  writeFileSync(path, text, { mode: 0o600 })
  return readConfigFile(path, 'either', {
    settings: SETTING_KEYS,
    isUsers: false,
    modesMatter: true,
    uid: process.getuid?.(),
  })
}

test('the example can be copied as it is and changes nothing', async () => {
  expect((await read(EXAMPLE))?.values).toEqual({})
})

test('the example holds every key of a .bitrixrc', async () => {
  expect(Object.keys((await read(IN_USE))?.values ?? {}).sort()).toEqual(
    [...PROJECT_KEYS, ...SETTING_KEYS].sort(),
  )
})

test('the values of the example are the defaults', async () => {
  const file = await read(IN_USE)
  const { values } = resolveSettings(SETTINGS, {
    flags: {},
    environment: {},
    files: file === undefined ? [] : [file],
  })
  const defaults = resolveSettings(SETTINGS, { flags: {}, environment: {}, files: [] })
  expect(values).toEqual({
    ...defaults.values,
    burst: 50,
    tps: 2,
    polite: 0.5,
    stateDir: 'state',
    redis: expect.objectContaining({ host: 'cache.example', port: 6379 }) as unknown,
    concurrency: 8,
    caFile: 'authority.pem',
    progressInterval: 30_000,
    logFile: 'bx24.log',
  })
})
