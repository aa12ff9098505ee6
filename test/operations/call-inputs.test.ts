import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { readRows } from '../../src/input/read-rows.ts'
import { type CallShape, callInput } from '../../src/operations/call-inputs.ts'
import type { CallInput } from '../../src/operations/call-rows.ts'
import { parseTemplate } from '../../src/operations/template.ts'
import type { Params } from '../../src/protocol/types.ts'

const SHAPE: CallShape = {
  method: 'crm.deal.update',
  params: {},
  into: undefined,
  templates: [],
  sendsEmpty: false,
  key: undefined,
}

type Format = 'ndjson' | 'csv'

/** The calls that a text stands for. */
async function calls(
  text: string,
  shape: Partial<CallShape> = {},
  format: Format = 'csv',
): Promise<CallInput[]> {
  // eslint-disable-next-line @typescript-eslint/require-await -- sources are asynchronous
  async function* open(): AsyncGenerator<Buffer> {
    yield Buffer.from(text)
  }
  const source = { name: 'rows', open }
  const { rows } = await readRows(source, { format, encoding: 'utf-8', delimiter: undefined })
  const inputs: CallInput[] = []
  for await (const row of rows) inputs.push(callInput(row, { ...SHAPE, ...shape }, source.name))
  return inputs
}

async function params(
  text: string,
  shape?: Partial<CallShape>,
  format?: Format,
): Promise<Params | undefined> {
  return (await calls(text, shape, format))[0]?.params
}

function json(row: unknown, shape?: Partial<CallShape>): Promise<Params | undefined> {
  return params(JSON.stringify(row), shape, 'ndjson')
}

describe('a table', () => {
  test('names parameters in its header, and its cells are texts', async () => {
    const text = 'id,fields[TITLE],fields[PHONE][0][VALUE],x\n5,"a ""b""\n;c",007,1.0\n'
    expect(await params(text)).toEqual({
      id: '5',
      fields: { TITLE: 'a "b"\n;c', PHONE: [{ VALUE: '007' }] },
      x: '1.0',
    })
  })

  test('gives lists to maps from 0 on, and appends', async () => {
    expect(await params('a[0],a[1],b[1],c[],c[]x\n1,2,3,4,5\n'.replace('c[]x', 'd[]'))).toEqual({
      a: ['1', '2'],
      b: { 1: '3' },
      c: ['4'],
      d: ['5'],
    })
  })

  test('sends no empty cells, unless they are to clear', async () => {
    const text = 'id,fields[TITLE],fields[COMMENTS]\n5,,x\n'
    expect(await params(text)).toEqual({ id: '5', fields: { COMMENTS: 'x' } })
    expect(await params(text, { sendsEmpty: true })).toEqual({
      id: '5',
      fields: { TITLE: '', COMMENTS: 'x' },
    })
  })

  test.each(['filter[', 'a]', 'a[b]c'])('with the header %s is refused', async (name) => {
    await expect(calls(`id,${name}\n5,x\n`)).rejects.toThrow(/Line 2 of rows: .*no parameter name/)
  })
})

describe('columns put below a parameter', () => {
  test.each(['id', 'ID', 'Id'])('are all but %s', async (id) => {
    expect(await params(`${id},TITLE,UF_X\n5,a,b\n`, { into: 'fields' })).toEqual({
      [id]: '5',
      fields: { TITLE: 'a', UF_X: 'b' },
    })
  })

  test('may lie deeper, and be nested themselves', async () => {
    const shape = { into: 'data[fields]' }
    expect(await params('TITLE,PHONE[0][VALUE]\na,b\n', shape)).toEqual({
      data: { fields: { TITLE: 'a', PHONE: [{ VALUE: 'b' }] } },
    })
    expect(await json({ TITLE: 1, N: { a: [null] } }, shape)).toEqual({
      data: { fields: { TITLE: 1, N: { a: [null] } } },
    })
  })
})

describe('JSON', () => {
  test('keeps its types, but for numbers and booleans that are written in several ways', async () => {
    const row = { id: 5, fields: { A: null, B: [], C: {}, D: true, UF_E: false, F: '', G: [1, 'x'] } }
    expect(await json(row)).toEqual({
      id: 5,
      fields: { A: null, B: [], C: {}, D: 'Y', UF_E: '0', F: '', G: [1, 'x'] },
    })
    expect(await params('{"a":1.0,"b":1e3,"c":12345678901234567890}', {}, 'ndjson')).toEqual({
      a: '1.0',
      b: '1e3',
      c: '12345678901234567890',
    })
  })

  test('is nested by itself: a name in brackets is refused', async () => {
    await expect(json({ 'fields[TITLE]': 'x' })).rejects.toThrow(
      /Line 1 of rows: "fields\[TITLE\]" is one name in JSON/,
    )
    expect(await json({ fields: { 'a[b]': 'x' } })).toEqual({ fields: { 'a[b]': 'x' } })
  })
})

describe('parameters that all calls have', () => {
  const shape = { params: { entityTypeId: '2', fields: { OPENED: 'Y' }, flags: ['a'] } }

  test('stand beside those of the row, and are the same for all', async () => {
    const [first, second] = await calls('id,fields[TITLE]\n5,a\n6,b\n', shape)
    expect([first?.params, second?.params]).toEqual([
      { ...shape.params, id: '5', fields: { OPENED: 'Y', TITLE: 'a' } },
      { ...shape.params, id: '6', fields: { OPENED: 'Y', TITLE: 'b' } },
    ])
    expect(shape.params.fields).toEqual({ OPENED: 'Y' })
  })

  test.each([
    ['entityTypeId\n3\n', /entityTypeId is given twice/],
    ['fields[OPENED]\nN\n', /fields\[OPENED\] is given twice/],
    ['fields\nx\n', /fields is given twice/],
    ['entityTypeId[x]\n3\n', /entityTypeId is given as a value and with keys below it/],
    ['flags[]\nb\n', /flags is given as a value/],
    ['ENTITYTYPEID\n3\n', /"entityTypeId" and "ENTITYTYPEID" are the same/],
  ])('are not given once more: %j', async (text, message) => {
    await expect(calls(text, shape)).rejects.toThrow(message)
    await expect(calls(text, shape)).rejects.toThrow(/^Line 2 of rows: /)
  })
})

describe('templates', () => {
  const templates = ['fields[TITLE]={NAME} {LAST}', 'fields[N]={N}'].map(parseTemplate)

  test('take the place of all columns but the id', async () => {
    expect(await params('ID,NAME,LAST,N\n5,a,b,007\n', { templates })).toEqual({
      ID: '5',
      fields: { TITLE: 'a b', N: '007' },
    })
    expect(await json({ id: 5, NAME: 'a', LAST: 'b', N: [1] }, { templates })).toEqual({
      id: 5,
      fields: { TITLE: 'a b', N: [1] },
    })
  })

  test('that are empty are left out, unless they are to clear', async () => {
    const text = 'ID,NAME,LAST,N\n5,,,1\n'
    expect(await params(text, { templates })).toEqual({ ID: '5', fields: { N: '1' } })
    expect(await params(text, { templates, sendsEmpty: true })).toEqual({
      ID: '5',
      fields: { TITLE: '', N: '1' },
    })
  })

  test('name the line of a row without their column', async () => {
    await expect(calls('{"NAME":1,"LAST":2,"N":3}\n{"NAME":1}\n', { templates }, 'ndjson')).rejects.toThrow(
      /^Line 2 of rows: there is no column LAST/,
    )
  })
})

describe('what the result line says', () => {
  test.each<[string, Format, string | undefined, string | undefined]>([
    ['ID,k\n5,x\n', 'csv', '5', '"x"'],
    ['ID,k\n0005,-7\n', 'csv', '"0005"', '-7'],
    ['ID,k\n1.0,\n', 'csv', '"1.0"', '""'],
    ['k,x\n12345678901234567890,1\n', 'csv', undefined, '12345678901234567890'],
    ['{"Id":1.0,"k":{"a": 1}}', 'ndjson', '1.0', '{"a": 1}'],
    ['{"k":null,"id":"x"}', 'ndjson', '"x"', 'null'],
    ['{"k":"Ж"}', 'ndjson', undefined, '"Ж"'],
  ])('id and key of %j are in their own writing', async (text, format, id, key) => {
    const [input] = await calls(text, { key: 'k' }, format)
    expect([input?.id, input?.key]).toEqual([id, key])
    expect((await calls(text, {}, format))[0]?.key).toBeUndefined()
  })

  test('is about the line on which a row begins, and the row as it stood', async () => {
    const [first, second] = await calls('ID,T\r\n5,"a\nb"\r\n6,c\r\n', { into: 'fields' })
    expect([first?.line, second?.line]).toEqual([2, 4])
    expect([first?.raw.toString(), second?.raw.toString()]).toEqual(['5,"a\nb"', '6,c'])
  })

  test('cannot be about a column that is not there', async () => {
    await expect(calls('ID,T\n5,x\n', { key: 'XML_ID' })).rejects.toThrow(
      /Line 2 of rows: there is no column XML_ID/,
    )
  })
})

test('what the portal would pass over is refused, with its line and what to do', async () => {
  const refused = calls('{"id":1}\n{"id":2,"fields":"x"}\n', {}, 'ndjson')
  await expect(refused).rejects.toThrow(/^Line 2 of rows: "fields" must be a map of fields/)
  await expect(refused).rejects.toBeInstanceOf(UsageError)
  await expect(refused).rejects.toMatchObject({
    code: 'usage.clause-type',
    hint: expect.anything() as unknown,
  })
})
