import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import {
  type BatchCommand,
  type BatchInput,
  isYamlName,
  MOST_DOCUMENT_BYTES,
  readBatchInput,
  type TextLine,
} from '../../src/input/batch-file.ts'

async function allOf<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Lines as they come from a file, and whether whoever asked for them said that it was enough. */
function linesOf(text: string, ended: { isEnded?: boolean } = {}): AsyncIterable<TextLine> {
  return (async function* () {
    try {
      for (const [index, line] of text.split('\n').entries()) {
        await Promise.resolve()
        yield { line: index + 1, text: line }
      }
    } finally {
      ended.isEnded = true
    }
  })()
}

function read(text: string, isYaml = false): Promise<BatchInput> {
  return readBatchInput(linesOf(text), { name: isYaml ? 'x.yaml' : 'x', isYaml })
}

async function commandsOf(text: string, isYaml = false): Promise<BatchCommand[]> {
  const { commands } = await read(text, isYaml)
  return allOf(commands)
}

async function failureOf(work: Promise<unknown>): Promise<UsageError> {
  try {
    await work
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('nothing thrown')
}

const command = (id: string, line: number, method = 'm', params = {}): BatchCommand => ({
  line,
  id,
  idLiteral: JSON.stringify(id),
  method,
  params,
})

describe('lines', () => {
  test('are commands with their ids as written', async () => {
    const text =
      '{"id":"a","method":"m","params":{"ID":1}}\n{"id":7,"method":"m"}\n{"method":"n","id":"\\u0061b"}'
    expect(await read(text)).toMatchObject({ form: 'lines' })
    expect(await commandsOf(text)).toEqual([
      command('a', 1, 'm', { ID: 1 }),
      { ...command('7', 2), idLiteral: '7' },
      { ...command('ab', 3, 'n'), idLiteral: '"\\u0061b"' },
    ])
  })

  test('without an id have the number of the line, also behind blank ones', async () => {
    expect(await commandsOf('\n\n{"method":"m"}\n  \n{"method":"m"}\n')).toEqual([
      { ...command('3', 3), idLiteral: '3' },
      { ...command('5', 5), idLiteral: '5' },
    ])
  })

  test('may begin with a byte order mark and end like those of Windows', async () => {
    expect(await commandsOf('\uFEFF{"id":"a","method":"m"}\r\n{"id":"b","method":"m"}\r')).toEqual([
      command('a', 1),
      command('b', 2),
    ])
  })

  test('keep numbers that JavaScript would change, as texts', async () => {
    const [only] = await commandsOf(
      '{"id":12345678901234567890,"method":"m","params":{"X":12345678901234567890}}',
    )
    expect(only).toMatchObject({ id: '12345678901234567890', params: { X: '12345678901234567890' } })
    expect(only?.idLiteral).toBe('12345678901234567890')
  })

  test.each(['', '\n', '  \n\n'])('none at all are no commands: %j', async (text) => {
    expect(await commandsOf(text)).toEqual([])
  })

  test.each([
    ['{"id":"a","metod":"m"}', 'usage.batch-command', /Line 1 of x has "metod"/],
    ['{"method":"m"}\n{"method":"m","prams":{}}', 'usage.batch-command', /Line 2 of x has "prams"/],
    ['{"method":"m"}\n{"cmd":{}}', 'usage.batch-command', /Line 2 of x has "cmd"/],
    ['{"id":"","method":"m"}', 'usage.batch-command', /Line 1 of x: the id/],
    ['{"id":null,"method":"m"}', 'usage.batch-command', /the id/],
    ['{"id":1.5,"method":"m"}', 'usage.batch-command', /the id/],
    ['{"id":{},"method":"m"}', 'usage.batch-command', /the id/],
    ['{"id":"a"}', 'usage.batch-command', /Line 1 of x has no method/],
    ['{"method":7}', 'usage.batch-command', /has no method/],
    ['{"method":"m","params":[1]}', 'usage.batch-command', /parameters are no object/],
    ['[{"method":"m"}]', 'usage.batch-command', /Line 1 of x is no command/],
    ['7', 'usage.batch-command', /is no command/],
    ['crm.deal.get?ID=1', 'usage.input-json', /Line 1 of x is not JSON/],
    ['{"method":"m"}\n{"method":"m"', 'usage.input-json', /Line 2 of x is not JSON/],
    ['{"method":"m","params":{"a":1,"a":2}}', 'usage.input-json', /Line 1 of x has "a" twice/],
    [`{"method":"m","params":${'['.repeat(600)}${']'.repeat(600)}}`, 'usage.input-json', /deeper than 512/],
  ])('%j is refused', async (text, code, message) => {
    const error = await failureOf(commandsOf(text))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  test('are read as they are asked for, and left when no more are wanted', async () => {
    const ended = { isEnded: false }
    const lines = linesOf('{"method":"m"}\n{"method":"m"}\nno JSON', ended)
    const { commands } = await readBatchInput(lines, { name: 'x', isYaml: false })
    for await (const { line } of commands) if (line === 2) break
    expect(ended.isEnded).toBe(true)
  })

  test('never become a document, however many there are', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => JSON.stringify({ id: index, method: 'm' }))
    expect(await commandsOf(many.join('\n'))).toHaveLength(20_000)
  })
})

describe('a document in JSON', () => {
  test('has its commands in all writings, on one line or several', async () => {
    const text = `{
      "halt": 1,
      "cmd": {
        "a": "crm.deal.get?ID=1",
        "10": ["crm.deal.get", {"ID": "$result[a][ID]"}],
        "2": {"method": "server.time"}
      }
    }`
    const commands = [
      command('a', 4, 'crm.deal.get', { ID: '1' }),
      command('10', 5, 'crm.deal.get', { ID: '$result[a][ID]' }),
      command('2', 6, 'server.time'),
    ]
    expect(await read(text)).toEqual({ form: 'document', halt: true, commands })
    expect(await read(text.replaceAll(/\n\s*/g, ''))).toEqual({
      form: 'document',
      halt: true,
      commands: commands.map((one) => ({ ...one, line: 1 })),
    })
  })

  test('whose commands are a list gives them their indexes', async () => {
    expect(await read('\n{"CMD": [\n"m",\n\n["n",{}]]}')).toEqual({
      form: 'document',
      halt: false,
      commands: [
        { ...command('0', 3), idLiteral: '0' },
        { ...command('1', 5, 'n'), idLiteral: '1' },
      ],
    })
  })

  test.each([
    ['1', true],
    ['true', true],
    ['"1"', true],
    ['0', false],
    ['false', false],
    ['"0"', false],
    ['null', false],
  ])('halts at %s: %s', async (halt, expected) => {
    expect(await read(`{"halt":${halt},"cmd":{}}`)).toMatchObject({ halt: expected })
  })

  test.each([
    ['{"cmd":{},"halt":"no"}', 'usage.batch-document', /"halt"/],
    ['{"cmd":"m"}', 'usage.batch-document', /no commands in "cmd"/],
    ['{\n"halt":1}', 'usage.batch-document', /no commands in "cmd"/],
    ['{"cmd":{},"auth":"x"}', 'usage.batch-command', /has "auth"/],
    ['{"cmd":{},"CMD":{}}', 'usage.batch-command', /has "cmd" twice/],
    ['{"cmd":{"a":"m","a":"n"}}', 'usage.input-json', /has "a" twice/],
    ['{"cmd":{"a":7}}', 'usage.batch-command', /Line 1 of x, command "a" is no command/],
    ['{"cmd":{\n"a":"m?x#"}}', 'usage.command-string', /Line 2 of x, command "a": .*"#"/],
    ['{"cmd":{\n"a":"m?x=1&x=2"}}', 'usage.parameter-twice', /Line 2 of x, command "a": .*given twice/],
    ['{"cmd":[{"id":1,"method":"m"}]}', 'usage.batch-command', /command "0" has "id"/],
    ['{"cmd":{}}\n{"cmd":{}}', 'usage.input-json', /Line 2 of x is not JSON/],
    ['{\n"cmd": {"a" "m"}}', 'usage.input-json', /Line 2 of x is not JSON/],
    ['{"cmd": {', 'usage.input-json', /Line 1 of x is not JSON/],
  ])('%j is refused', async (text, code, message) => {
    const error = await failureOf(read(text))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  test('may not be larger than 16 MiB, and no more of it is read', async () => {
    const ended = { isEnded: false }
    let given = 0
    const line = 'x'.repeat(1024 * 1024)
    const endless = (async function* (): AsyncGenerator<TextLine> {
      try {
        for (;;) {
          await Promise.resolve()
          yield { line: ++given, text: given === 1 ? '{' : line }
        }
      } finally {
        ended.isEnded = true
      }
    })()
    const error = await failureOf(readBatchInput(endless, { name: 'x', isYaml: false }))
    expect(error.message).toMatch(/larger than 16 MiB/)
    expect(given * line.length).toBeLessThan(MOST_DOCUMENT_BYTES + 2 * line.length)
    expect(ended.isEnded).toBe(true)
  })
})

describe('a document in YAML', () => {
  test('has its commands with their lines', async () => {
    const text = [
      '# Deals and their contacts',
      'halt: 1',
      'cmd:',
      '  a: crm.deal.get?ID=1',
      '  b:',
      '    method: crm.contact.get',
      '    params: { ID: "$result[a][CONTACT_ID]" }',
      '  c: [server.time, {}]',
    ]
    expect(await read(text.join('\n'), true)).toEqual({
      form: 'document',
      halt: true,
      commands: [
        command('a', 4, 'crm.deal.get', { ID: '1' }),
        command('b', 5, 'crm.contact.get', { ID: '$result[a][CONTACT_ID]' }),
        command('c', 8, 'server.time'),
      ],
    })
  })

  test('may be a list, of which each element has its line', async () => {
    expect(await commandsOf('cmd:\n- m\n\n- method: n\n  params: {ID: 1}\n- [m]', true)).toEqual([
      { ...command('0', 2), idLiteral: '0' },
      { ...command('1', 4, 'n', { ID: 1 }), idLiteral: '1' },
      { ...command('2', 6), idLiteral: '2' },
    ])
  })

  test('keeps the order of names that are numbers', async () => {
    const commands = await commandsOf('halt: 0\ncmd:\n  10: m\n  "2": n\n  a: m\n  1: m', true)
    expect(commands.map(({ id, line }) => [id, line])).toEqual([
      ['10', 3],
      ['2', 4],
      ['a', 5],
      ['1', 6],
    ])
  })

  test('may be JSON', async () => {
    expect(await commandsOf('{"cmd": {"2": "m", "1": ["n", {"X": null}]}, "halt": 0}', true)).toEqual([
      command('2', 1),
      command('1', 1, 'n', { X: null }),
    ])
  })

  test('keeps texts that other readers of YAML would change', async () => {
    const words: Readonly<Record<string, unknown>> = {
      '2026-01-01': '2026-01-01',
      '2026-01-01T10:00:00+03:00': '2026-01-01T10:00:00+03:00',
      '+79001234567': '+79001234567',
      '007': '007',
      '0x1F': '0x1F',
      '1.50': '1.50',
      '1e3': '1e3',
      '12345678901234567890': '12345678901234567890',
      '10:30': '10:30',
      Y: 'Y',
      no: 'no',
      '.inf': '.inf',
      '"5"': '5',
      '5': 5,
      '-5': -5,
      true: true,
      '~': null,
    }
    for (const [word, expected] of Object.entries(words)) {
      const [only] = await commandsOf(`cmd:\n  a:\n    method: m\n    params:\n      X: ${word}`, true)
      expect(only?.params, word).toEqual({ X: expected })
    }
  })

  test('may repeat parts by aliases and merge keys', async () => {
    const text = 'cmd:\n  a: [m, &p {A: 1, B: 2}]\n  b: [m, {<<: *p, B: 3}]\n  c: [m, *p]'
    expect((await commandsOf(text, true)).map(({ params }) => params)).toEqual([
      { A: 1, B: 2 },
      { A: 1, B: 3 },
      { A: 1, B: 2 },
    ])
  })

  test('that unfolds to far more than it is, or without end, is refused', async () => {
    const levels = Array.from({ length: 30 }, (_, n) => `x${n + 1}: &x${n + 1} [*x${n}, *x${n}]`)
    const bomb = ['x0: &x0 [1]', ...levels, 'cmd: {a: [m, *x30]}'].join('\n')
    expect((await failureOf(read(bomb, true))).message).toMatch(/with its aliases .* larger than 16 MiB/)
    expect((await failureOf(read('cmd: &c {a: [m, *c]}', true))).message).toMatch(/with its aliases/)
  })

  test.each([
    ['', 'usage.batch-document', /no commands in "cmd"/],
    ['halt: 1', 'usage.batch-document', /no commands in "cmd"/],
    ['- m', 'usage.batch-command', /has "0"/],
    ['cmd:\n  a: m\n  a: n', 'usage.input-yaml', /Line 3 of x.yaml is not YAML: duplicated mapping key/],
    ['\n\ncmd: [', 'usage.input-yaml', /Line 3 of x.yaml is not YAML/],
    ['cmd:\n  a: !!js/function "f"', 'usage.input-yaml', /Line 2 of x.yaml is not YAML: unknown tag/],
    ['cmd: {a: m}\n---\ncmd: {a: m}', 'usage.input-yaml', /is not YAML/],
    ['cmd:\n  a: m\n  b: m?x[=1', 'usage.command-string', /Line 3 of x.yaml, command "b"/],
    ['cmd:\n  a: m\n  b: 7', 'usage.batch-command', /Line 3 of x.yaml, command "b" is no command/],
  ])('%j is refused', async (text, code, message) => {
    const error = await failureOf(read(text, true))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
})

test.each([
  ['a.yaml', true],
  ['a.YML', true],
  ['a.json', false],
  ['yaml', false],
])('%s is taken for YAML: %s', (name, expected) => {
  expect(isYamlName(name)).toBe(expected)
})

test('commands come out as they went in, from lines and from both kinds of document', async () => {
  const json = fc.jsonValue({ maxDepth: 2 })
  const id = fc.string({ minLength: 1 })
  const params = fc.dictionary(fc.string(), fc.oneof(json, fc.string({ unit: 'binary' })), { maxKeys: 3 })
  const many = fc.uniqueArray(fc.record({ id, method: fc.constantFrom('m', 'crm.deal.get'), params }), {
    selector: (one) => one.id,
    maxLength: 5,
  })
  const parts = (one: BatchCommand): unknown => [one.id, one.method, one.params]
  await fc.assert(
    fc.asyncProperty(many, async (given) => {
      const lines = given.map((one) => JSON.stringify(one)).join('\n')
      const members = given.map(({ id: name, ...one }) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`)
      const document = `{"cmd": {\n${members.join(',\n')}\n}}`
      const fromLines = (await commandsOf(lines)).map(parts)
      expect(fromLines.map((one) => (one as string[]).slice(0, 2))).toEqual(
        given.map((one) => [one.id, one.method]),
      )
      expect((await commandsOf(document)).map(parts)).toEqual(fromLines)
      expect((await commandsOf(document, true)).map(parts)).toEqual(fromLines)
    }),
    { numRuns: 300 },
  )
})
