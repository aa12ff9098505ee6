import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRcFile, type RcFile } from '../../src/config/rcfile.ts'
import { tempFolder } from '../support/temp-folder.ts'

const KNOWN = ['webhook', 'retries', 'maxWait']
const WEBHOOK = 'https://example.bitrix24.com/rest/1/canary12345/'

function read(
  text: string | undefined,
  { mode = 0o600, modesMatter = true } = {},
): Promise<RcFile | undefined> {
  const cwd = tempFolder()
  if (text !== undefined) writeFileSync(join(cwd, '.bitrixrc'), text, { mode })
  return readRcFile({ cwd, modesMatter }, KNOWN)
}

test('no file is no configuration', async () => {
  expect(await read(undefined)).toBeUndefined()
})

test.each([
  ['YAML', 'retries: 3\nmaxWait: 5m\n'],
  ['JSON', '{ "retries": 3, "maxWait": "5m" }'],
])('reads %s', async (_format, text) => {
  expect((await read(text))?.values).toEqual({ retries: 3, maxWait: '5m' })
})

test.each(['', '# nothing but a comment\n', '\n'])('an empty file %j holds nothing', async (text) => {
  expect((await read(text))?.values).toEqual({})
})

test('an unknown key is refused with the nearest right one', async () => {
  await expect(read('retires: 3')).rejects.toMatchObject({
    code: 'config.unknown-key',
    exitCode: 2,
    hint: 'Did you mean retries?',
  })
})

test.each([
  ['broken JSON', `{ "webhook": "${WEBHOOK}", }`],
  ['broken YAML', `webhook: "${WEBHOOK}\nretries: [`],
  ['a list', `- ${WEBHOOK}`],
  ['a text', WEBHOOK],
  ['a YAML tag that would make code', `webhook: !!js/function 'function () { return "canary12345" }'`],
])('%s is refused without quoting it', async (_what, text) => {
  const error: unknown = await read(text).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'config.malformed' })
  expect(error).not.toHaveProperty('cause')
  expect(String((error as Error).stack)).not.toContain('canary12345')
})

test('a webhook that others may read is refused with what closes it', async () => {
  await expect(read(`webhook: ${WEBHOOK}`, { mode: 0o640 })).rejects.toMatchObject({
    code: 'config.exposed',
    hint: expect.stringMatching(/^Close it with: chmod 600 .*\.bitrixrc$/) as string,
  })
})

test.each([
  ['a webhook in a closed file', `webhook: ${WEBHOOK}`, { mode: 0o600 }],
  ['no webhook in an open file', 'retries: 3', { mode: 0o644 }],
  ['a system whose modes mean nothing', `webhook: ${WEBHOOK}`, { mode: 0o644, modesMatter: false }],
])('%s is fine', async (_what, text, options) => {
  expect(await read(text, options)).toBeDefined()
})

test('neither code nor the folder above nor package.json is looked at', async () => {
  const above = tempFolder()
  const cwd = join(above, 'below')
  mkdirSync(cwd)
  writeFileSync(join(above, '.bitrixrc'), 'retries: 3')
  for (const name of ['.bitrixrc.js', '.bitrixrc.cjs', '.bitrixrc.mjs', '.bitrixrc.ts', 'bitrix.config.js']) {
    writeFileSync(join(cwd, name), 'throw new Error("ran")')
  }
  writeFileSync(join(cwd, 'package.json'), '{ "bitrix": { "retries": 3 }, "bx24": { "retries": 3 } }')
  expect(await readRcFile({ cwd, modesMatter: true }, KNOWN)).toBeUndefined()
})

test('a .bitrixrc that cannot be read is refused, not passed over', async () => {
  const cwd = tempFolder()
  mkdirSync(join(cwd, '.bitrixrc'))
  chmodSync(join(cwd, '.bitrixrc'), 0o700)
  await expect(readRcFile({ cwd, modesMatter: true }, KNOWN)).rejects.toMatchObject({
    code: 'config.unreadable',
  })
})
