import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { choosePortal, type PortalChoice } from '../../src/config/choose-portal.ts'
import { portalMissing } from '../../src/config/portal-source.ts'
import type { FileValues } from '../../src/config/settings.ts'
import { readWebhookFile } from '../../src/config/webhook-file.ts'
import { tempFolder } from '../support/temp-folder.ts'

interface Given {
  flag?: string
  env?: Record<string, string>
  project?: FileValues['values']
  user?: FileValues['values']
  stored?: readonly string[]
  storedDefault?: string
}

function choose({ flag, env = {}, project, user, stored = [], storedDefault }: Given): Promise<PortalChoice> {
  return choosePortal({
    flag,
    environment: env,
    cwd: '/w',
    files: {
      project: project && { path: '/w/.bitrixrc', folder: '/w', values: project },
      user: user && { path: '/home/config.yaml', folder: '/home', values: user },
    },
    stored: () => Promise.resolve({ names: stored, default: storedDefault, path: '/home/credentials.json' }),
  })
}

/** What was chosen, in a word or two. */
async function chosen(given: Given): Promise<string> {
  const { profile, source } = await choose(given)
  if (source === undefined) return 'nothing'
  const what =
    source.kind === 'webhook'
      ? source.webhook.reveal()
      : source.kind === 'webhook-file'
        ? source.path
        : source.kind === 'command'
          ? source.words.join(' ')
          : source.kind
  return profile === undefined ? what : `${profile.name}: ${what}`
}

const PROFILES = { a: { webhook: 'wa' }, b: { webhookFile: 'wb' }, c: { credentialCommand: ['pass', 'c'] } }

/** Every place that may name a portal, the one that wins first. */
const PLACES: readonly (readonly [Given, string])[] = [
  [{ flag: 'b' }, 'b: /home/wb'],
  [{ env: { BX24_PROFILE: 'c' } }, 'c: pass c'],
  [{ env: { BX24_WEBHOOK: ' we \n' } }, 'we'],
  [{ project: { webhook: 'wp' } }, 'wp'],
  [{ user: { profiles: PROFILES, webhook: 'wu' } }, 'wu'],
  [{ storedDefault: 'd' }, 'd: stored'],
]

test('of every set of places the first wins', async () => {
  for (let bits = 0; bits < 2 ** PLACES.length; bits++) {
    const places = PLACES.filter((_place, at) => (bits & (1 << at)) !== 0)
    const given: Given = { user: { profiles: PROFILES }, stored: ['d'] }
    for (const [place] of places) Object.assign(given, place, { env: { ...given.env, ...place.env } })
    expect(await chosen(given)).toBe(places[0]?.[1] ?? 'nothing')
  }
})

test.each<[string, Given, string]>([
  ['a profile that .bitrixrc names', { project: { profile: 'a' }, user: { profiles: PROFILES } }, 'a: wa'],
  [
    'before the top of the own configuration',
    { project: { profile: 'a' }, user: { profiles: PROFILES, webhook: 'x' } },
    'a: wa',
  ],
  [
    'behind the environment',
    { env: { BX24_WEBHOOK: 'we' }, project: { profile: 'a' }, user: { profiles: PROFILES } },
    'we',
  ],
  ['the default of the own configuration', { user: { profile: 'a', profiles: PROFILES } }, 'a: wa'],
  [
    'which comes before the stored one',
    { user: { profile: 'a', profiles: PROFILES }, stored: ['d'], storedDefault: 'd' },
    'a: wa',
  ],
  [
    'a stored profile with settings',
    { flag: 'd', user: { profiles: { d: { plan: 'box' } } }, stored: ['d'] },
    'd: stored',
  ],
  [
    'a configured credential before the stored one',
    { flag: 'a', user: { profiles: PROFILES }, stored: ['a'] },
    'a: wa',
  ],
  ['a file of the own configuration', { user: { webhookFile: 'w' } }, '/home/w'],
  ['a file in the environment', { env: { BX24_WEBHOOK_FILE: 'w' } }, '/w/w'],
  [
    'nothing where all is empty',
    { env: { BX24_WEBHOOK: '', BX24_PROFILE: '' }, project: { webhook: ' ' } },
    'nothing',
  ],
])('chosen is %s', async (_what, given, expected) => {
  expect(await chosen(given)).toBe(expected)
})

test.each<[string, Given, readonly string[]]>([
  [
    'before .bitrixrc if it was named',
    { flag: 'a' },
    ['/home/config.yaml, profile a', '/w/.bitrixrc', '/home/config.yaml'],
  ],
  ['behind it if not', {}, ['/w/.bitrixrc', '/home/config.yaml, profile a', '/home/config.yaml']],
  [
    'not at all if another portal is read',
    { env: { BX24_WEBHOOK: 'we' } },
    ['/w/.bitrixrc', '/home/config.yaml'],
  ],
])('settings of a profile hold %s', async (_what, given, paths) => {
  const { files } = await choose({
    project: { plan: 'box' },
    user: { profile: 'a', profiles: PROFILES },
    ...given,
  })
  expect(files.map(({ path }) => path)).toEqual(paths)
})

test('what opens a portal cannot print itself', async () => {
  const { source } = await choose({ project: { webhook: 'canary' } })
  expect(JSON.stringify(source)).not.toContain('canary')
})

test.each<[string, Given, string]>([
  ['two variables', { env: { BX24_WEBHOOK: 'a', BX24_WEBHOOK_FILE: 'b' } }, 'config.webhook-twice'],
  ['a number for a webhook', { project: { webhook: 5 } }, 'config.invalid-value'],
  [
    'a number in an overruled file',
    { project: { webhook: 'a' }, user: { webhook: 5 } },
    'config.invalid-value',
  ],
  ['a line for a command', { user: { credentialCommand: 'pass x' } }, 'config.invalid-value'],
  ['an empty command', { user: { credentialCommand: [] } }, 'config.invalid-value'],
  ['a profile that there is not', { flag: 'x', user: { profiles: PROFILES } }, 'config.profile-unknown'],
  ['a default that there is not', { user: { profile: 'x' } }, 'config.profile-unknown'],
  [
    'a profile without a credential',
    { flag: 'x', user: { profiles: { x: { plan: 'box' } } } },
    'config.webhook-missing',
  ],
  ['a path for a profile', { flag: '../x' }, 'usage.profile-name'],
  ['a number for a profile', { project: { profile: 5 } }, 'config.invalid-value'],
  [
    'a webhook and a profile in .bitrixrc',
    { project: { webhook: 'a', profile: 'a' } },
    'config.credential-twice',
  ],
])('%s is refused', async (_what, given, code) => {
  await expect(choose(given)).rejects.toMatchObject({ code, exitCode: 2 })
})

test('where there is none, every way to give one is named', () => {
  const { hint } = portalMissing()
  for (const way of ['bx24 auth login', 'BX24_WEBHOOK,', 'BX24_WEBHOOK_FILE', '.bitrixrc', '--sandbox'])
    expect(hint).toContain(way)
})

test.each<[string, string | undefined, number, string | RegExp]>([
  ['as it is', 'https://f/\n', 0o600, 'https://f/'],
  ['readable by all, as in containers', 'https://f/', 0o444, 'https://f/'],
  ['missing', undefined, 0o600, /cannot be read: ENOENT/],
  ['empty', '\n', 0o600, /which is empty/],
  ['open for writing', 'x', 0o666, /every user may write/],
])('a file with a webhook: %s', async (_what, text, mode, expected) => {
  const path = join(tempFolder(), 'webhook')
  if (text !== undefined) {
    writeFileSync(path, text)
    chmodSync(path, mode)
  }
  const reading = readWebhookFile(path, 'BX24_WEBHOOK_FILE', true)
  if (typeof expected === 'string') expect((await reading).reveal()).toBe(expected)
  else await expect(reading).rejects.toThrow(expected)
})
