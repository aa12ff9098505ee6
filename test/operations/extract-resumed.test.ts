import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ColumnsError } from '../../src/errors.ts'
import { extract } from '../../src/operations/extract.ts'
import type { CsvStyle } from '../../src/output/csv.ts'
import type { Format } from '../../src/output/format.ts'
import { sinkFor } from '../../src/output/open-sink.ts'
import type { Destination } from '../../src/output/destination.ts'
import { portalInProcess, type PortalUnderTest } from '../support/portal-in-process.ts'
import { ResumableUnderTest } from '../support/resumable.ts'

const STYLE: CsvStyle = {
  delimiter: ',',
  hasHeader: true,
  hasBom: true,
  lineEnd: '\n',
  escapesFormulas: false,
  flatten: undefined,
}

/** Thrown in the middle of a run. */
class Ended extends Error {}

interface Export {
  readonly name: string
  readonly format: Format
  readonly style?: Partial<CsvStyle>
  readonly limit?: number
  readonly select?: readonly string[]
  readonly concurrency?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, string>>
}

/** One run of an export, which ends after so many writes. */
async function run(
  under: PortalUnderTest,
  file: ResumableUnderTest,
  { format, style, limit, select, concurrency = 3, method = 'crm.deal.list', params = {} }: Export,
  writes = Infinity,
): Promise<boolean> {
  const destination = await file.open()
  let written = 0
  const ending: Destination = {
    ...destination,
    async write(chunk) {
      if (++written > writes) throw new Ended()
      await destination.write(chunk)
    },
  }
  const { recorder } = destination
  const all = { ...STYLE, ...style }
  const request = {
    method,
    parameters: { params, where: [], select },
    limit,
    batchSize: 10,
    concurrency,
    flatten: all.flatten,
  }
  try {
    const openSink = sinkFor({ format, style: all }, ending, recorder.resumed)
    const options = { signal: new AbortController().signal, onEvent: () => undefined, recorder }
    await extract(under.caller, request, openSink, options)
    await ending.commit()
    return true
  } catch (error) {
    await ending.abandon()
    if (error instanceof Ended) return false
    throw error
  }
}

/** One of its own for each test: the portal counts the time that its methods take. */
function portal(): PortalUnderTest {
  return portalInProcess({ rows: '4000' })
}

const EXPORTS: readonly Export[] = [
  { name: 'deals.ndjson', format: 'ndjson' },
  { name: 'deals.ndjson', format: 'ndjson', concurrency: 1 },
  { name: 'deals.csv', format: 'csv' },
  { name: 'deals.csv', format: 'csv', style: { escapesFormulas: true, delimiter: ';', lineEnd: '\r\n' } },
  { name: 'deals.tsv', format: 'tsv', style: { delimiter: '\t' }, select: ['TITLE', 'UF_*'] },
  { name: 'deals.json', format: 'json' },
  { name: 'deals.ndjson.gz', format: 'ndjson' },
  { name: 'deals.csv.gz', format: 'csv' },
  { name: 'deals.json.gz', format: 'json' },
  { name: 'deals.ndjson', format: 'ndjson', limit: 1_234 },
]

describe.each(EXPORTS)('$name, limit $limit, $concurrency lanes', (wanted) => {
  test('ended again and again is the same as one that was never ended', async () => {
    const under = portal()
    const whole = new ResumableUnderTest(wanted.name)
    expect(await run(under, whole, wanted)).toBe(true)
    const file = new ResumableUnderTest(wanted.name)
    const isPerRow = wanted.name.endsWith('.gz')
    let runs = 0
    let begun = 0
    // From one page up to all of them; what packs its rows is told of each.
    for (let writes = 0; !(await run(under, file, wanted, isPerRow ? writes * 150 : writes)); writes += 3) {
      runs++
      if (file.checkpoint !== undefined) begun = Math.max(begun, file.checkpoint.mark.rows)
    }
    expect(runs).toBeGreaterThan(3)
    expect(begun).toBeGreaterThan(0)
    expect(readFileSync(file.at()).equals(readFileSync(whole.at()))).toBe(true)
    expect(readdirSync(file.folder)).toEqual([wanted.name])
  })
})

test('a packed file has a member for each MiB of rows', async () => {
  const file = new ResumableUnderTest('deals.ndjson.gz')
  await run(portal(), file, { name: 'deals.ndjson.gz', format: 'ndjson' })
  const bytes = readFileSync(file.at())
  const starts = [...bytes.keys()].filter(
    (at) => bytes.readUInt32BE(Math.min(at, bytes.length - 4)) === 0x1f8b0800,
  )
  const sizes = starts.map((start, at) => gunzipSync(bytes.subarray(start, starts[at + 1])).length)
  expect(sizes.length).toBe(Math.ceil(gunzipSync(bytes).length / (1 << 20)))
  for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(1 << 20)
  for (const size of sizes) expect(size).toBeLessThan((1 << 20) + 20_000)
})

test('values that an earlier run could not put into the columns are missing still', async () => {
  const wanted: Export = { name: 'deals.csv', format: 'csv', style: { flatten: '.' } }
  const under = portal()
  const [whole, file] = [new ResumableUnderTest(wanted.name), new ResumableUnderTest(wanted.name)]
  const undisturbed: unknown = await run(under, whole, wanted).catch((error: unknown) => error)
  expect(undisturbed).toBeInstanceOf(ColumnsError)
  expect(await run(under, file, wanted, 10)).toBe(false)
  expect(await run(under, file, wanted, 10)).toBe(false)
  const resumed: unknown = await run(under, file, wanted).catch((error: unknown) => error)
  expect((resumed as Error).message).toBe((undisturbed as Error).message)
  expect(file.text('.partial')).toBe(whole.text('.partial'))
})

test('masks stand for what they stood for when the export began', async () => {
  const under = portal()
  const file = new ResumableUnderTest()
  const wanted: Export = {
    name: 'deals.ndjson',
    format: 'ndjson',
    method: 'crm.item.list',
    params: { entityTypeId: '128' },
    select: ['id', 'ufCrm*'],
  }
  const asked = (): number =>
    under.events.filter((event) => event.type === 'sent' && event.method === 'crm.item.fields').length
  expect(await run(under, file, wanted, 3)).toBe(false)
  expect([asked(), file.checkpoint?.mark.select?.length]).toEqual([1, expect.any(Number)])
  expect(file.checkpoint?.mark.select?.join()).toMatch(/^id,ufCrm\w/)
  expect(await run(under, file, wanted)).toBe(true)
  // The portal may have other fields by now: it is not asked again.
  expect(asked()).toBe(1)
  const whole = new ResumableUnderTest()
  await run(under, whole, wanted)
  expect(file.text()).toBe(whole.text())
})
