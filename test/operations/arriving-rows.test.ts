import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRows } from '../../src/input/read-rows.ts'
import { callInput } from '../../src/operations/call-inputs.ts'
import { type CallInput, callRows } from '../../src/operations/call-rows.ts'
import type { LoggedWrite } from '../bench/write-log.ts'
import { CALLS } from '../support/lead-calls.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { collected } from '../support/targeted.ts'
import { anyObject, asRead, attackText, objectOf, type WrittenJson } from '../support/written-json.ts'

const METHOD = 'crm.deal.add'
const SHAPE = {
  method: METHOD,
  params: {},
  into: undefined,
  templates: [],
  sendsEmpty: false,
  key: undefined,
}

/** The calls for lines of JSON, as `bx24 call` makes them. */
async function* callsFor(lines: readonly string[]): AsyncGenerator<CallInput> {
  // eslint-disable-next-line @typescript-eslint/require-await -- sources are asynchronous
  async function* open(): AsyncGenerator<Buffer> {
    yield Buffer.from(lines.join('\n'))
  }
  const options = { format: 'ndjson', encoding: 'utf-8', delimiter: undefined } as const
  const { rows } = await readRows({ name: 'rows', open }, options)
  for await (const row of rows) yield callInput(row, SHAPE, 'rows')
}

/** What the portal read of each row, in the order of the rows. */
async function arrived(rows: readonly WrittenJson[]): Promise<LoggedWrite[]> {
  const { caller, writes } = portalInProcess({ rows: '1', reading: 'batch-filter=on' })
  const lines = rows.map(({ json }, at) => `{"fields": ${json}, "at": ${at}}`)
  const { items, error } = await collected(callRows(caller, METHOD, callsFor(lines), CALLS))
  expect(error).toBeUndefined()
  expect(items.filter(({ fate }) => fate?.outcome !== 'done')).toEqual([])
  const place = ({ asked }: LoggedWrite): number => Number(asked['at'])
  return (await writes()).sort((a, b) => place(a) - place(b))
}

function expectArrived(rows: readonly WrittenJson[], writes: readonly LoggedWrite[]): void {
  expect(writes).toHaveLength(rows.length)
  for (const [at, { asked }] of writes.entries()) {
    expect(asRead(asked['fields'])).toEqual(rows[at]?.read)
    expect(Object.keys(asked).sort()).toEqual(['at', 'fields'])
  }
}

test('rows of any values arrive as they were given, in batches and in calls of their own', async () => {
  const ways = new Set<boolean>()
  await fc.assert(
    fc.asyncProperty(fc.array(anyObject, { minLength: 1, maxLength: 80 }), async (values) => {
      const rows = values.map((value) => objectOf([['X', value]]))
      const writes = await arrived(rows)
      expectArrived(rows, writes)
      for (const { nested } of writes) ways.add(nested)
    }),
    { numRuns: 60 },
  )
  expect([...ways].sort()).toEqual([false, true])
})

test('what a call of its own carries keeps its types', async () => {
  const [write] = await arrived([
    objectOf([
      ['A', { json: 'null', read: null }],
      ['B', { json: '5', read: '5' }],
      ['C', { json: '[]', read: new Map() }],
      ['D', { json: '1.0', read: '1.0' }],
      ['E', { json: 'true', read: 'Y' }],
      ['F', { json: '""', read: '' }],
    ]),
  ])
  expect(write).toMatchObject({
    nested: false,
    asked: { fields: { A: null, B: 5, C: [], D: '1.0', E: 'Y', F: '' } },
  })
})

test('no filter against attacks changes a text on its way', async () => {
  const counts = { nested: 0, alone: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(attackText, { minLength: 1, maxLength: 80 }), async (texts) => {
      const rows = texts.map((text) => objectOf([['TITLE', { json: JSON.stringify(text), read: text }]]))
      const writes = await arrived(rows)
      expectArrived(rows, writes)
      for (const { nested } of writes) counts[nested ? 'nested' : 'alone']++
    }),
    { numRuns: 60 },
  )
  // Not all go alone: that would be slow.
  expect(counts.nested).toBeGreaterThan(100)
  expect(counts.alone).toBeGreaterThan(100)
})

test('a row of more than a thousand values, and one that is nested deeply, arrive whole', async () => {
  const values = Array.from({ length: 3_000 }, (_, at) => `v${at}`)
  const deep = Array.from({ length: 100 }).reduce<string>((json) => `{"a": ${json}}`, '"x"')
  const rows = [JSON.stringify({ UF_MANY: values }), `{"UF_DEEP": ${deep}}`, '{"TITLE": "plain"}'].map(
    (json) => ({
      json,
      read: asRead(JSON.parse(json)),
    }),
  )
  const writes = await arrived(rows)
  expectArrived(rows, writes)
  expect(writes.map(({ nested }) => nested)).toEqual([false, false, true])
})
