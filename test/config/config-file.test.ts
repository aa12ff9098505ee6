import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FileFormat, readConfigFile } from '../../src/config/config-file.ts'
import type { FileValues } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

const KNOWN = ['retries', 'maxWait']
const WEBHOOK = 'https://example.bitrix24.com/rest/1/canary12345/'

interface Given {
  mode?: number
  modesMatter?: boolean
  format?: FileFormat
}

function read(
  text: string | undefined,
  { mode = 0o600, modesMatter = true, format = 'either' }: Given = {},
): Promise<FileValues | undefined> {
  const path = join(tempFolder(), '.bitrixrc')
  if (text !== undefined) {
    writeFileSync(path, text)
    chmodSync(path, mode)
  }
  return readConfigFile(path, format, { settings: KNOWN, isUsers: false, modesMatter, uid: undefined })
}

/** Everything that an error would show. */
async function failure(given: Promise<unknown>): Promise<{ code: string; all: string }> {
  const error = (await given.catch((thrown: unknown) => thrown)) as Error & { code: string; hint?: string }
  expect(error).not.toHaveProperty('cause')
  return { code: error.code, all: `${error.stack ?? ''} ${error.hint ?? ''}` }
}

test('no file is no configuration', async () => {
  expect(await read(undefined)).toBeUndefined()
})

test('a file where a folder on the way should be is no configuration', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'bx24'), '')
  const rules = { settings: KNOWN, isUsers: false, modesMatter: true, uid: undefined }
  expect(await readConfigFile(join(folder, 'bx24', 'config.json'), 'json', rules)).toBeUndefined()
})

test.each([
  ['YAML', 'retries: 3\nmaxWait: 5m\n'],
  ['JSON', '{ "retries": 3, "maxWait": "5m" }'],
  ['YAML with a byte order mark', '\uFEFFretries: 3\nmaxWait: 5m\n'],
  ['JSON that names its schema', '{ "$schema": "./schema.json", "retries": 3, "maxWait": "5m" }'],
])('reads %s', async (_format, text) => {
  expect((await read(text))?.values).toEqual({ retries: 3, maxWait: '5m' })
})

test.each(['', '# nothing but a comment\n', '\n', '{}'])('an empty file %j holds nothing', async (text) => {
  expect((await read(text))?.values).toEqual({})
})

test('an unknown key is refused with the nearest right one', async () => {
  await expect(read('retires: 3')).rejects.toMatchObject({
    code: 'config.unknown-key',
    exitCode: 2,
    hint: 'Did you mean retries?',
  })
})

test('a key that is like none names all', async () => {
  await expect(read('something: 3')).rejects.toMatchObject({
    hint: 'Known keys: webhook, profile, retries, maxWait.',
  })
})

test.each(['__proto__', 'constructor', 'toString'])('%s is an unknown key like any other', async (key) => {
  await expect(read(JSON.stringify({ x: 1 }).replace('x', key))).rejects.toMatchObject({
    code: 'config.unknown-key',
  })
})

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]']
for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map(([from, to]) => [from, to])) {
  BOMB.push(
    `${to ?? ''}: &${to ?? ''} [${Array<string>(9)
      .fill(`*${from ?? ''}`)
      .join(', ')}]`,
  )
}

test.each([
  ['broken JSON', `{ "webhook": "${WEBHOOK}", }`, 'config.malformed'],
  ['broken YAML', `webhook: "${WEBHOOK}\nretries: [`, 'config.malformed'],
  ['a key twice', `webhook: ${WEBHOOK}\nwebhook: ${WEBHOOK}\n`, 'config.malformed'],
  ['a list', `- ${WEBHOOK}`, 'config.malformed'],
  ['a text', WEBHOOK, 'config.malformed'],
  ['a tag that would make code', `webhook: !!js/function 'function () { return 1 }'`, 'config.malformed'],
  ['a tag of its own', `webhook: !secret ${WEBHOOK}`, 'config.malformed'],
  ['several documents', `retries: 1\n---\nretries: 2\n`, 'config.malformed'],
  ['an anchor that multiplies itself', BOMB.join('\n'), 'config.unknown-key'],
  ['bytes of a picture', '\u0089PNG\r\n\u001a\n\0\0\0', 'config.malformed'],
  ['a quarter of a megabyte', `# ${'x'.repeat(256 * 1024)}`, 'config.malformed'],
])('%s is refused without quoting it', async (_what, text, code) => {
  const error = await failure(read(text))
  expect(error.code).toBe(code)
  expect(error.all).not.toContain('canary12345')
  expect(error.all.length).toBeLessThan(3_000)
})

test('the format goes by the name of the file, where it has one', async () => {
  expect((await failure(read('retries: 3', { format: 'json' }))).all).toContain('is not valid JSON')
  expect((await read('{ "retries": 3 }', { format: 'yaml' }))?.values).toEqual({ retries: 3 })
})

test('a webhook that others may read is refused with what closes it', async () => {
  await expect(read(`webhook: ${WEBHOOK}`, { mode: 0o640 })).rejects.toMatchObject({
    code: 'config.exposed',
    hint: expect.stringMatching(/^Close it with: chmod 600 .*\.bitrixrc$/) as string,
  })
})

test.each([0o640, 0o604, 0o660, 0o610, 0o777])('mode %o is open to others', async (mode) => {
  await expect(read(`webhook: ${WEBHOOK}`, { mode })).rejects.toMatchObject({ code: 'config.exposed' })
})

test.each<[string, string, Given]>([
  ['a webhook in a closed file', `webhook: ${WEBHOOK}`, { mode: 0o600 }],
  ['a webhook in a file that nobody may write', `webhook: ${WEBHOOK}`, { mode: 0o400 }],
  ['no webhook in an open file', 'retries: 3', { mode: 0o644 }],
  ['a system whose modes mean nothing', `webhook: ${WEBHOOK}`, { mode: 0o644, modesMatter: false }],
])('%s is fine', async (_what, text, options) => {
  expect(await read(text, options)).toBeDefined()
})

test.each([
  ['a folder', (path: string) => mkdirSync(path), 'is a folder, not a file'],
  [
    'a pipe that nobody writes to',
    (path: string) => execFileSync('mkfifo', [path]),
    'is something special, not a file',
  ],
])('%s in its place is refused, not passed over and not waited for', async (_what, make, said) => {
  const path = join(tempFolder(), '.bitrixrc')
  make(path)
  const error = await failure(
    readConfigFile(path, 'either', { settings: KNOWN, isUsers: false, modesMatter: true, uid: undefined }),
  )
  expect(error.code).toBe('config.unreadable')
  expect(error.all).toContain(said)
})

// The superuser reads everything.
test.skipIf(process.getuid?.() === 0)('a file that cannot be read is refused', async () => {
  await expect(read('retries: 3', { mode: 0o000 })).rejects.toMatchObject({
    code: 'config.unreadable',
    message: expect.stringContaining('EACCES') as string,
  })
})

test.each([
  ['{"maxWait":"1h","maxWait":"2h"}', 'the key "maxWait" twice'],
  ['maxWait: 1h\nmaxWait: 2h\n', 'a key twice: line 2'],
  ['<<: {maxWait: 1h}\n', 'the unknown key "<<"'],
])('%j is refused, since only one of two values would count', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message)
})

test('a link that leads nowhere is not passed over: the run might go to another portal', async () => {
  const path = join(tempFolder(), '.bitrixrc')
  symlinkSync('/nowhere/rc', path)
  const reading = readConfigFile(path, 'either', {
    settings: KNOWN,
    isUsers: false,
    modesMatter: true,
    uid: undefined,
  })
  await expect(reading).rejects.toMatchObject({ code: 'config.unreadable' })
})

test.each([0o602, 0o666, 0o622 | 0o002])(
  'mode %o lets everybody write, who could name a portal in it',
  async (mode) => {
    await expect(read('retries: 3', { mode })).rejects.toMatchObject({ code: 'config.exposed' })
  },
)

// Only the superuser can give a file away.
test.skipIf(process.getuid?.() !== 0)(
  'a file of another user is refused, and one of the superuser is not',
  async () => {
    const path = join(tempFolder(), '.bitrixrc')
    writeFileSync(path, 'retries: 3')
    const as = (uid: number): ReturnType<typeof readConfigFile> =>
      readConfigFile(path, 'either', { settings: KNOWN, isUsers: false, modesMatter: true, uid })
    chownSync(path, 1234, 1234)
    await expect(as(0)).rejects.toMatchObject({ code: 'config.foreign', exitCode: 2 })
    await expect(as(99)).rejects.toMatchObject({ code: 'config.foreign' })
    expect(await as(1234)).toBeDefined()
    chownSync(path, 0, 0)
    expect(await as(99)).toBeDefined()
  },
)

test.each(['profiles: {}', 'credentialCommand: [touch, ran]', 'webhookFile: w'])(
  '%s belongs into the own configuration, and not into a project',
  async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'config.not-in-project' })
  },
)

test('a command in a file that the group may write is refused', async () => {
  const path = join(tempFolder(), 'config.yaml')
  writeFileSync(path, 'credentialCommand: [cat, x]')
  chmodSync(path, 0o660)
  const rules = { settings: KNOWN, isUsers: true, modesMatter: true, uid: undefined }
  await expect(readConfigFile(path, 'yaml', rules)).rejects.toMatchObject({ code: 'config.exposed' })
  chmodSync(path, 0o640)
  expect(await readConfigFile(path, 'yaml', rules)).toBeDefined()
})
