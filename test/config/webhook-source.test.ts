import { writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findWebhook, type FoundWebhook, webhookMissing } from '../../src/config/webhook-source.ts'
import type { FileValues } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

const RC = { path: '/w/.bitrixrc', values: { webhook: 'https://rc.example/rest/1/a/' } }

interface Found {
  env?: Record<string, string>
  file?: { text: string; mode: number }
  rc?: FileValues
  user?: FileValues
  modesMatter?: boolean
}

function find({ env = {}, file, rc, user, modesMatter = true }: Found): Promise<FoundWebhook | undefined> {
  const cwd = tempFolder()
  if (file !== undefined) {
    writeFileSync(join(cwd, 'webhook'), file.text)
    chmodSync(join(cwd, 'webhook'), file.mode)
  }
  const files = [rc, user].filter((one) => one !== undefined)
  return findWebhook({ environment: env, files, cwd, modesMatter })
}

test.each<[string, Found, string]>([
  ['the variable', { env: { BX24_WEBHOOK: ' https://env.example/ \n' }, rc: RC }, 'https://env.example/'],
  [
    'the file',
    { env: { BX24_WEBHOOK_FILE: 'webhook' }, file: { text: 'https://f/\n', mode: 0o444 }, rc: RC },
    'https://f/',
  ],
  ['.bitrixrc', { rc: RC }, 'https://rc.example/rest/1/a/'],
  [
    '.bitrixrc where the variables are empty',
    { env: { BX24_WEBHOOK: '', BX24_WEBHOOK_FILE: '' }, rc: RC },
    'https://rc.example/rest/1/a/',
  ],
])('is taken from %s', async (_where, given, webhook) => {
  expect((await find(given))?.webhook.reveal()).toBe(webhook)
})

test('cannot print itself', async () => {
  expect(String((await find({ rc: RC }))?.webhook)).toBe('***')
})

test.each<[string, Found, string]>([
  ['both variables', { env: { BX24_WEBHOOK: 'a', BX24_WEBHOOK_FILE: 'b' } }, 'config.webhook-twice'],
  [
    'a number in an overruled file',
    { rc: RC, user: { path: 'x', values: { webhook: 5 } } },
    'config.invalid-value',
  ],
  ['a number in .bitrixrc', { rc: { path: 'x', values: { webhook: 5 } } }, 'config.invalid-value'],
  ['a file that is missing', { env: { BX24_WEBHOOK_FILE: 'webhook' } }, 'config.unreadable'],
  [
    'an empty file',
    { env: { BX24_WEBHOOK_FILE: 'webhook' }, file: { text: '\n', mode: 0o600 } },
    'config.webhook-missing',
  ],
  [
    'a file that others may write',
    { env: { BX24_WEBHOOK_FILE: 'webhook' }, file: { text: 'x', mode: 0o666 } },
    'config.webhook-file-exposed',
  ],
])('%s is refused', async (_what, given, code) => {
  await expect(find(given)).rejects.toMatchObject({ code, exitCode: 2 })
})

test.each<[string, Found]>([
  ['nothing', {}],
  ['an empty text', { rc: { path: 'x', values: { webhook: '' } } }],
  ['blanks', { rc: { path: 'x', values: { webhook: ' ' } } }],
])('%s is none', async (_what, given) => {
  expect(await find(given)).toBeUndefined()
})

test('where there is none, every way to give one is named', () => {
  const { hint } = webhookMissing()
  for (const way of ['BX24_WEBHOOK,', 'BX24_WEBHOOK_FILE', '.bitrixrc', '--sandbox'])
    expect(hint).toContain(way)
})

const USER = { path: '/home/config.yaml', values: { webhook: 'https://user.example/rest/1/a/' } }
const PLACES: readonly (readonly [Found, string, string])[] = [
  [{ env: { BX24_WEBHOOK: 'https://env.example/' } }, 'https://env.example/', 'BX24_WEBHOOK'],
  [
    { env: { BX24_WEBHOOK_FILE: 'webhook' }, file: { text: 'https://f/', mode: 0o600 } },
    'https://f/',
    'BX24_WEBHOOK_FILE (webhook)',
  ],
  [{ rc: RC }, 'https://rc.example/rest/1/a/', '/w/.bitrixrc'],
  [{ user: USER }, 'https://user.example/rest/1/a/', '/home/config.yaml'],
]

test('of every set of places the first wins', async () => {
  for (let bits = 1; bits < 16; bits++) {
    const places = PLACES.filter((_place, at) => (bits & (1 << at)) !== 0)
    const found = find(Object.assign({}, ...places.map(([given]) => given), env(places)) as Found)
    // Both variables at once name two portals, and none of them is right.
    if ((bits & 3) === 3) await expect(found).rejects.toMatchObject({ code: 'config.webhook-twice' })
    else expect([(await found)?.webhook.reveal(), (await found)?.origin.name]).toEqual(places[0]?.slice(1))
  }
})

function env(places: readonly (readonly [Found, string, string])[]): Found {
  return { env: Object.assign({}, ...places.map(([given]) => given.env)) as Record<string, string> }
}
