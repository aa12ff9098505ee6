import { writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findWebhook } from '../../src/config/webhook-source.ts'
import { type Secret } from '../../src/lib/secret.ts'
import { tempFolder } from '../support/temp-folder.ts'

const RC = { path: '/w/.bitrixrc', values: { webhook: 'https://rc.example/rest/1/a/' } }

interface Found {
  env?: Record<string, string>
  file?: { text: string; mode: number }
  rc?: { path: string; values: Record<string, unknown> }
  modesMatter?: boolean
}

function find({ env = {}, file, rc, modesMatter = true }: Found): Promise<Secret> {
  const cwd = tempFolder()
  if (file !== undefined) {
    writeFileSync(join(cwd, 'webhook'), file.text)
    chmodSync(join(cwd, 'webhook'), file.mode)
  }
  return findWebhook(env, rc, { cwd, modesMatter })
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
  expect((await find(given)).reveal()).toBe(webhook)
})

test('cannot print itself', async () => {
  expect(String(await find({ rc: RC }))).toBe('***')
})

test.each<[string, Found, string]>([
  ['both variables', { env: { BX24_WEBHOOK: 'a', BX24_WEBHOOK_FILE: 'b' } }, 'config.webhook-twice'],
  ['none', {}, 'config.webhook-missing'],
  ['an empty one in .bitrixrc', { rc: { path: 'x', values: { webhook: '' } } }, 'config.webhook-missing'],
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

test('where there is none, every way to give one is named', async () => {
  const { hint } = (await find({}).catch((error: unknown) => error)) as { hint: string }
  for (const way of ['BX24_WEBHOOK,', 'BX24_WEBHOOK_FILE', '.bitrixrc', '--sandbox'])
    expect(hint).toContain(way)
})
