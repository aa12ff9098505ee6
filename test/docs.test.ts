import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { optionSyntax } from '../src/cli/command-spec.ts'
import { GLOBAL_OPTIONS } from '../src/cli/global-options.ts'
import { type Option, SETTING_KEYS, SETTINGS } from '../src/cli/options.ts'
import { allCommands } from '../src/cli/commands.ts'
import { reference } from '../src/cli/reference.ts'
import { PROJECT_KEYS, USER_KEYS } from '../src/config/file-keys.ts'
import { flagName } from '../src/config/settings.ts'
import { EXIT } from '../src/errors.ts'
import { runCli, startCli } from './support/run-cli.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function read(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8')
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
}

/** Pages for users; those that are not written yet are not missed here. */
const PAGES = [...filesBelow('docs', '.md'), 'README.md', 'CHANGELOG.md'].filter((path) =>
  existsSync(resolve(ROOT, path)),
)

const COMMANDS = (await allCommands()).map(({ spec }) => spec)

const OPTIONS: Readonly<Record<string, Option>> = Object.assign(
  {},
  SETTINGS,
  GLOBAL_OPTIONS,
  ...COMMANDS.map(({ options }) => options),
) as Readonly<Record<string, Option>>

describe('docs/cli.md', () => {
  test('is what the program says (npm run docs)', async () => {
    expect(read('docs/cli.md')).toBe(await reference())
  })

  test('documents every command and every option', () => {
    const page = read('docs/cli.md').replaceAll('\\|', '|')
    for (const { name } of COMMANDS) expect(page).toContain(`## bx24 ${name}\n`)
    for (const [key, option] of Object.entries(OPTIONS))
      expect(page).toContain(`\`${optionSyntax(key, option)}\``)
  })
})

test('every exit code is documented, and no other', () => {
  const documented = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) +\|/gm)].map(([, code]) =>
    Number(code),
  )
  expect(documented).toEqual(Object.values(EXIT).sort((a, b) => a - b))
})

describe('error codes', () => {
  const raised = new Set(filesBelow('src', '.ts').flatMap((file) => codesIn(read(file))))
  const documented = [...read('docs/errors.md').matchAll(/^### (\S+)$/gm)].map(([, code]) => code ?? '')

  test('are written where the error is raised', () => {
    const hidden = filesBelow('src', '.ts').filter((file) =>
      [...read(file).matchAll(/new (?:Usage|Config)Error\(\s*(.)/g)].some(([, first]) => first !== "'"),
    )
    expect(hidden).toEqual([])
  })

  test('are all documented, and no other', () => {
    expect([...documented].sort()).toEqual([...raised].sort())
  })

  test('are documented once each', () => {
    expect(documented).toHaveLength(new Set(documented).size)
  })
})

function codesIn(text: string): string[] {
  const named = [...text.matchAll(/new (Usage|Config)Error\(\s*'([a-z0-9-]+)'/g)].map(
    ([, family, code]) => `${family?.toLowerCase() ?? ''}.${code ?? ''}`,
  )
  const literal = [...text.matchAll(/'((?:portal|run|walk|output|items|doctor)\.[a-z-]+)'/g)].map(
    ([, code]) => code ?? '',
  )
  const faults = /type TransportFault =([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
  const transport = [...faults.matchAll(/'([a-z-]+)'/g)].map(([, fault]) => `transport.${fault ?? ''}`)
  const signIn = /type SignInFault =([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
  const auth = [...signIn.matchAll(/'([a-z-]+)'/g)].map(([, fault]) => `auth.${fault ?? ''}`)
  return [...named, ...literal, ...transport, ...auth]
}

test('docs/configuration.md and the example name what there is', () => {
  const example = read('.bitrixrc.example')
  for (const key of [...PROJECT_KEYS, ...SETTING_KEYS])
    expect(example).toMatch(new RegExp(`^# ${key}: `, 'm'))
  const page = read('docs/configuration.md')
  for (const key of USER_KEYS) expect(page).toContain(`\`${key}\``)
  expect(page).toContain('`BX24_WEBHOOK_FILE`')
})

describe.each(PAGES)('%s', (path) => {
  const page = read(path)

  test('names only options that exist', () => {
    const known = new Set(['--help', '--version', ...Object.keys(OPTIONS).map(flagName)])
    const calls = [...page.matchAll(/^.*\bbx24 .*$/gm)].map(([line]) => line)
    const named = calls.flatMap((line) =>
      [...line.matchAll(/(?<=\s|`)--[a-z][a-z-]*/g)].map(([flag]) => flag),
    )
    expect(named.filter((flag) => !known.has(flag))).toEqual([])
  })

  test('does not send anybody to the package of somebody else', () => {
    expect(page).not.toMatch(/npx (-y |--yes )?bx24(?!-cli)\b/)
    expect(page).not.toMatch(/npm (i|install|exec)( -g| --global)? bx24(?!-cli)\b/)
  })

  test('has no link that leads nowhere', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)/g)].map(
      ([, target]) => target ?? '',
    )
    expect(links.filter((target) => !existsSync(resolve(ROOT, dirname(path), target)))).toEqual([])
  })
})

test('the webhook in the examples is the one that the sandbox prints', async () => {
  const shown = /http:\/\/127\.0\.0\.1:8024(\/rest\/1\/\w+\/)/.exec(read('docs/cli.md'))?.[1]
  const sandbox = startCli(['sandbox'])
  const printed = (await sandbox.says('\n')).trim()
  sandbox.child.kill('SIGTERM')
  await sandbox.ended
  expect(new URL(printed).pathname).toBe(shown)
})

describe('the examples of the help can be run:', () => {
  const examples = COMMANDS.flatMap(({ name, examples }) => (name === 'get-all' ? examples : []))

  test.each(examples.map(({ command }) => [command]))('%s', async (command) => {
    const words = shellWords(command.replace(/\|.*$/, '')).slice(1)
    const { code, stderr } = await runCli([
      ...words,
      ...(command.includes('--sandbox') ? [] : ['--sandbox=rows=20']),
    ])
    expect([code, stderr]).toEqual([0, ''])
  })
})

/** Words as a shell would part them, as far as the examples need it. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
