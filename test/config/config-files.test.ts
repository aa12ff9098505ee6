import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { configPlaces, readConfigFiles } from '../../src/config/config-files.ts'
import type { FileValues } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

const KNOWN = ['retries']

/** Reads with `files` lying below a folder that holds the home (`home`) and the working folder (`cwd`). */
function read(
  files: Readonly<Record<string, string>>,
  xdg?: (root: string) => string,
): { root: string; found: Promise<FileValues[]> } {
  const root = tempFolder()
  for (const folder of ['cwd', 'home']) mkdirSync(join(root, folder))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text, { mode: 0o600 })
  }
  const environment = xdg === undefined ? {} : { XDG_CONFIG_HOME: xdg(root) }
  const surroundings = {
    cwd: join(root, 'cwd'),
    home: join(root, 'home'),
    environment,
    modesMatter: true,
    uid: undefined,
  }
  const found = readConfigFiles(surroundings, KNOWN).then(({ project, user }) =>
    [project, user].filter((file) => file !== undefined),
  )
  return { root, found }
}

test.each([
  ['json', '{ "retries": 1 }'],
  ['yaml', 'retries: 1'],
  ['yml', 'retries: 1'],
])('the user may have a config.%s', async (ending, text) => {
  const { root, found } = read({ [`home/.config/bx24/config.${ending}`]: text })
  expect(await found).toEqual([
    {
      path: join(root, `home/.config/bx24/config.${ending}`),
      folder: join(root, 'home/.config/bx24'),
      values: { retries: 1 },
    },
  ])
})

test('XDG_CONFIG_HOME moves it, and a relative one is passed over', async () => {
  const files = { 'xdg/bx24/config.yaml': 'retries: 1', 'home/.config/bx24/config.yaml': 'retries: 2' }
  expect(await read(files, (root) => join(root, 'xdg')).found).toMatchObject([{ values: { retries: 1 } }])
  expect(await read(files, () => '../xdg').found).toMatchObject([{ values: { retries: 2 } }])
  expect(await read(files, () => '').found).toMatchObject([{ values: { retries: 2 } }])
})

test('the working folder comes before the user', async () => {
  const files = { 'cwd/.bitrixrc': 'retries: 1', 'home/.config/bx24/config.yml': 'retries: 2' }
  expect((await read(files).found).map(({ values }) => values)).toEqual([{ retries: 1 }, { retries: 2 }])
})

test('two files of the user are refused: nobody knows which was meant', async () => {
  const files = { 'home/.config/bx24/config.json': '{}', 'home/.config/bx24/config.yml': '' }
  await expect(read(files).found).rejects.toMatchObject({ code: 'config.file-twice', exitCode: 2 })
})

test('both files are checked, also the one that is overruled', async () => {
  const files = { 'cwd/.bitrixrc': 'retries: 1', 'home/.config/bx24/config.yml': 'retires: 2' }
  await expect(read(files).found).rejects.toMatchObject({ code: 'config.unknown-key' })
})

test.each(['cwd/.bitrixrc.js', 'cwd/.bitrixrc.mjs', 'cwd/.bitrixrc.ts', 'home/.config/bx24/config.cjs'])(
  '%s is a program: it is refused, and not run',
  async (name) => {
    const mark = join(tempFolder(), 'ran')
    const { found } = read({ [name]: `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')` })
    await expect(found).rejects.toMatchObject({ code: 'config.code', exitCode: 2 })
    expect(existsSync(mark)).toBe(false)
  },
)

test('neither code nor folders above nor package.json nor other names are looked at', async () => {
  const code = 'throw new Error("ran")'
  const names = ['.bitrixrc.json', '.bitrixrc.yaml']
  const { found } = read({
    ...Object.fromEntries(names.map((name) => [`cwd/${name}`, code])),
    'cwd/bitrix.config.js': code,
    'cwd/package.json': '{ "bitrix": { "retries": 3 }, "bx24": { "retries": 3 } }',
    '.bitrixrc': 'retries: 3',
    'home/.bitrixrc': 'retries: 3',
    'home/.config/bx24rc': 'retries: 3',
  })
  expect(await found).toEqual([])
})

test.each(['', 'home', './home'])(
  'the home %j is not looked at, since it depends on the working folder',
  (home) => {
    const { user } = configPlaces({ cwd: '/srv', home, environment: {}, modesMatter: true, uid: undefined })
    expect(user).toEqual([])
  },
)
