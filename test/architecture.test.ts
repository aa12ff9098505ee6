import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** What each folder may import from, besides itself. Imports go down only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  lib: [],
  protocol: ['errors'],
  transport: ['protocol', 'errors', 'lib'],
  auth: ['transport', 'protocol', 'errors', 'lib'],
  config: ['auth', 'protocol', 'errors', 'lib'],
  engine: ['transport', 'auth', 'protocol', 'errors', 'lib'],
  strategies: ['engine', 'protocol', 'errors', 'lib'],
  input: ['protocol', 'errors', 'lib'],
  output: ['protocol', 'errors', 'lib'],
  progress: ['engine', 'errors', 'lib'],
  operations: ['strategies', 'engine', 'input', 'output', 'protocol', 'errors', 'lib'],
  library: ['auth', 'config', 'engine', 'errors', 'input', 'lib', 'operations', 'protocol', 'transport'],
  index: ['engine', 'errors', 'library', 'operations', 'protocol'],
  // It must not agree with us by sharing our code.
  sandbox: [],
  cli: [
    'auth',
    'config',
    'engine',
    'errors',
    'input',
    'lib',
    'operations',
    'output',
    'progress',
    'protocol',
    'sandbox',
    'transport',
  ],
}

/** From these files of other folders only types may be imported, or only these files at all. */
const TYPES_ONLY: readonly (readonly [from: string, to: string])[] = [
  ['auth', 'transport'],
  ['engine', 'transport'],
  ['engine', 'auth'],
  ['strategies', 'engine'],
  ['operations', 'engine'],
  ['operations', 'input'],
  ['operations', 'output'],
  ['output', 'protocol'],
  ['progress', 'engine'],
]

/** Packages that only these files know. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  commander: /^cli\//,
  bottleneck: /^engine\/(?:bucket|ledger\/places|redis\/bucket)\.ts$/,
  ioredis: /^engine\/redis\//,
  undici: /^transport\/(undici|dispatcher)\.ts$/,
  ora: /^progress\/spinner\.ts$/,
  'cli-progress': /^progress\/bar\.ts$/,
  'csv-stringify': /^output\/csv\.ts$/,
  'csv-parse': /^input\/csv-rows\.ts$/,
  'js-yaml': /^input\/batch-file\.ts$/,
  cosmiconfig: /^config\/config-file\.ts$/,
}

interface Import {
  readonly from: string
  /** Path below `src`, or the name of a package. */
  readonly to: string
  readonly isRelative: boolean
  readonly isTypeOnly: boolean
  readonly isLazy: boolean
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const source = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]))
const imports = files.flatMap(importsOf)

function importsOf(from: string): Import[] {
  const text = source.get(from) ?? ''
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?([^'"]*?)\s*from\s+'([^']+)'/gm)
  const bare = text.matchAll(/^import\s+()()'([^']+)'/gm)
  const lazy = text.matchAll(/\bimport\(()()\s*'([^']+)'\s*\)/g)
  return [
    ...[...statements, ...bare].map((match) => toImport(from, match, false)),
    ...[...lazy].map((match) => toImport(from, match, true)),
  ]
}

function toImport(from: string, match: RegExpMatchArray, isLazy: boolean): Import {
  const [, typeKeyword, names = '', target = ''] = match
  const isRelative = target.startsWith('.')
  const named = /^\{([^}]*)\}$/s.exec(names.trim())?.[1]?.split(',') ?? []
  const parts = named.map((name) => name.trim()).filter((name) => name !== '')
  const allTypes = parts.length > 0 && parts.every((name) => name.startsWith('type '))
  return {
    from,
    to: isRelative ? relative(SRC, join(SRC, dirname(from), target)) : target,
    isRelative,
    isTypeOnly: typeKeyword !== undefined && typeKeyword !== '' ? true : allTypes,
    isLazy,
  }
}

/** `cli/commands/get-all.ts` → `cli`; `errors.ts` → `errors` */
function folderOf(file: string): string {
  return file.replace(/\.ts$/, '').split('/')[0] ?? ''
}

const own = imports.filter(({ isRelative, to }) => isRelative && !to.startsWith('..'))

test('the reader of imports sees them', () => {
  expect(own.length).toBeGreaterThan(files.length)
  expect(own).toContainEqual(
    expect.objectContaining({ from: 'cli/portal-run.ts', to: 'transport/undici.ts', isLazy: true }),
  )
  expect(own.some(({ isTypeOnly }) => isTypeOnly)).toBe(true)
})

test('every import of ours leads to a file, named with its ending', () => {
  expect(own.filter(({ to }) => !source.has(to))).toEqual([])
})

test('imports go down only', () => {
  const upward = own.filter(({ from, to }) => {
    const [above, below] = [folderOf(from), folderOf(to)]
    return above !== below && MAY_IMPORT[above]?.includes(below) !== true
  })
  expect(upward).toEqual([])
})

test('where only the shape is of interest, only types are imported', () => {
  const values = own.filter(
    ({ from, to, isTypeOnly }) =>
      !isTypeOnly && TYPES_ONLY.some(([above, below]) => folderOf(from) === above && folderOf(to) === below),
  )
  expect(values).toEqual([])
})

test('the sandbox shares no code with what it tests', () => {
  expect(own.filter(({ from, to }) => folderOf(from) === 'sandbox' && folderOf(to) !== 'sandbox')).toEqual([])
})

test('only package.json is imported from outside of src', () => {
  const outside = imports.filter(({ isRelative, to }) => isRelative && to.startsWith('..'))
  expect(outside.map(({ to }) => to)).toEqual(['../package.json'])
})

test('no file imports itself in a circle, not even for types', () => {
  const targets = new Map(
    files.map((file) => [file, own.filter(({ from }) => from === file).map(({ to }) => to)]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const target of targets.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('each package is known to the files that own it, and to no other', () => {
  const packages = imports.filter(({ isRelative, to }) => !isRelative && !to.startsWith('node:'))
  const strangers = packages.filter(({ from, to }) => {
    const name = to.split('/')[0] ?? ''
    return OWNERS[name]?.test(from) !== true
  })
  expect(strangers).toEqual([])
})

test('what a pipe does not need is loaded lazily', () => {
  const eager = imports.filter(
    ({ to, isLazy, isTypeOnly }) =>
      [
        'ora',
        'cli-progress',
        'cosmiconfig',
        'csv-stringify/sync',
        'ioredis',
        'engine/redis/all.ts',
        'sandbox/all.ts',
      ].includes(to) &&
      !isLazy &&
      !isTypeOnly,
  )
  expect(eager).toEqual([])
})

/** Reads nothing of the process but its clock. */
const CLOCK = 'lib/monotonic.ts'

test('only the command line reads process', () => {
  const readers = files.filter(
    (file) =>
      folderOf(file) !== 'cli' &&
      file !== CLOCK &&
      /\bprocess\.[a-z]|from 'node:process'/.test(withoutComments(file)),
  )
  expect(readers).toEqual([])
})

function withoutComments(file: string): string {
  return (source.get(file) ?? '').replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}

test('no file is longer than 300 lines', () => {
  const long = files.filter((file) => (source.get(file) ?? '').split('\n').length > 301)
  expect(long).toEqual([])
})
