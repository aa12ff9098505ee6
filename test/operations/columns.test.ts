import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { extract, type ExtractRequest } from '../../src/operations/extract.ts'
import type { CsvStyle } from '../../src/output/csv.ts'
import { sinkFor } from '../../src/output/open-sink.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import { parseCsv } from '../support/parse-csv.ts'

const STYLE: CsvStyle = {
  delimiter: ',',
  hasHeader: true,
  hasBom: false,
  lineEnd: '\n',
  escapesFormulas: false,
  flatten: undefined,
}

const HISTORY = 'crm.stagehistory.list'

/** What `get-all -f csv` writes for these rows, 50 a page, and how it ends. */
async function run(
  rows: readonly { readonly ID: string }[],
  { method = HISTORY, select, flatten, fields = {} }: RunOptions = {},
): Promise<{ records: string[][]; failure: unknown; asked: string[] }> {
  const asked: string[] = []
  const caller: Caller = {
    call({ method: name, params }) {
      asked.push(name)
      const after = Number((params['filter'] as { '>ID'?: string } | undefined)?.['>ID'] ?? 0)
      const page = rows.filter(({ ID }) => Number(ID) > after).slice(0, 50)
      const result = name.endsWith('.fields') ? fields : name === HISTORY ? { items: page } : page
      return Promise.resolve({ result: JsonText.of(Buffer.from(JSON.stringify(result))), time: {} })
    },
    batch: () => Promise.reject(new Error('pages are asked for one by one')),
  }
  const chunks: Buffer[] = []
  const destination = {
    write: (chunk: Buffer) => Promise.resolve(void chunks.push(Buffer.from(chunk))),
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  }
  const request: ExtractRequest = {
    method,
    parameters: { params: method === HISTORY ? { entityTypeId: '2' } : {}, where: [], select },
    limit: undefined,
    batchSize: 1,
    concurrency: undefined,
    flatten,
  }
  const openSink = sinkFor({ format: 'csv', style: { ...STYLE, flatten } }, destination)
  const options = { signal: new AbortController().signal, onEvent: () => undefined }
  const failure: unknown = await extract(caller, request, openSink, options).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { records: parseCsv(Buffer.concat(chunks).toString()), failure, asked }
}

interface RunOptions {
  readonly method?: string
  readonly select?: readonly string[]
  readonly flatten?: string
  readonly fields?: Readonly<Record<string, object>>
}

const MANY = Array.from({ length: 120 }, (_, n) => ({ ID: String(n + 1) }))

describe('a column that comes after the first page', () => {
  const rows = MANY.map((row, n) => (n === 70 || n === 110 ? { ...row, LATE: 'x' } : row))

  test('is left out and said once, with the number of rows, when all rows are written', async () => {
    const { records, failure } = await run(rows)
    expect(records).toEqual([['ID'], ...MANY.map(({ ID }) => [ID])])
    expect(failure).toMatchObject({ code: 'output.columns', exitCode: 3 })
    expect(String(failure)).toContain('their columns came after the header: LATE (2 rows).')
  })

  test('is no news if it was selected', async () => {
    const { records, failure } = await run(rows, { select: ['LATE', 'ID'] })
    expect(failure).toBeUndefined()
    expect(records[0]).toEqual(['LATE', 'ID'])
    expect(records.filter(([late]) => late === 'x')).toHaveLength(2)
  })

  test('is no loss if others were selected', async () => {
    expect((await run(rows, { select: ['ID'] })).failure).toBeUndefined()
  })
})

describe('a selected column that no row has', () => {
  test('is said once', async () => {
    const { failure } = await run(MANY, { select: ['ID', 'TITEL'] })
    expect(failure).toMatchObject({
      exitCode: 3,
      message: 'No row of crm.stagehistory.list has the selected TITEL.',
    })
  })

  test('is said together with those that came late', async () => {
    const rows = MANY.map((row, n) => (n === 70 ? { ...row, A: { b: [1, 2] } } : { ...row, A: { b: [1] } }))
    const { failure } = await run(rows, { select: ['ID', 'A', 'X.0'], flatten: '.' })
    expect(String(failure)).toContain('has the selected X.0. Values are missing')
    expect(String(failure)).toContain('A.b.1 (1 row).')
  })
})

test('the fields of the entity are asked for only where something rests on them, and once', async () => {
  const fields = { ID: {}, NOTE: {}, PHONE: { type: 'crm_multifield' }, UF_A: {} }
  const ask = async (...select: string[]): Promise<{ fieldCalls: number; header: string[] | undefined }> => {
    const method = 'crm.deal.list'
    const { asked, records } = await run(MANY, { method, fields, ...(select.length > 0 && { select }) })
    return { fieldCalls: asked.filter((name) => name === 'crm.deal.fields').length, header: records[0] }
  }
  expect(await ask()).toEqual({ fieldCalls: 1, header: ['ID', 'NOTE', 'UF_A'] })
  expect(await ask('ID')).toEqual({ fieldCalls: 0, header: ['ID'] })
  expect(await ask('ID', 'NOTE')).toEqual({ fieldCalls: 1, header: ['ID', 'NOTE'] })
  expect(await ask('UF_*', 'N*', 'ID')).toEqual({ fieldCalls: 1, header: ['UF_A', 'NOTE', 'ID'] })
})
