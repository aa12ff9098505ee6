import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { liveLine, type DrawnLine } from '../../src/progress/live-line.ts'
import { openReporter, type ReporterOptions } from '../../src/progress/reporter.ts'
import { RunRecord } from '../../src/progress/run-record.ts'

const START = Date.UTC(2026, 7, 1, 9)

beforeEach(() => void vi.useFakeTimers({ now: START }))
afterEach(() => void vi.useRealTimers())

function record(): RunRecord {
  return new RunRecord({ now: Date.now, rowsWanted: Infinity })
}

function read(run: RunRecord, cursor: number): void {
  run.take({ type: 'page', rows: 50, cursor, end: 10_000 })
}

async function lines(kind: 'plain' | 'json', intervalMs?: number): Promise<string[]> {
  const written: string[] = []
  const run = record()
  const options: ReporterOptions = {
    kind,
    record: run,
    method: 'crm.deal.list',
    intervalMs,
    stderr: new PassThrough(),
    columns: () => 80,
    now: Date.now,
    writeLine: (text) => written.push(text),
    rowsOnTerminal: false,
    stderrIsTerminal: false,
    stderrColumns: 0,
    environment: {},
  }
  const reporter = await openReporter(options)
  for (let second = 0; second < 60; second++) {
    for (let page = 0; page < 20; page++) read(run, second * 100 + page * 5)
    reporter.update()
    vi.advanceTimersByTime(1_000)
  }
  reporter.stop()
  vi.advanceTimersByTime(120_000)
  return written
}

test('however much happens, plain writes a line every 30 s and json one every 5 s', async () => {
  expect(await lines('plain')).toHaveLength(2)
  expect(await lines('json')).toHaveLength(12)
  expect(await lines('plain', 10_000)).toHaveLength(6)
})

test('a plain line is whole and dated; a JSON one has the facts', async () => {
  expect((await lines('plain'))[0]).toBe(
    '2026-08-01T09:00:30.000Z crm.deal.list: 30,000 rows, 29 %, 1,000 rows/s, 0 requests, 1 min 10 s left',
  )
  expect(JSON.parse((await lines('json'))[0] ?? '')).toMatchObject({
    type: 'progress',
    method: 'crm.deal.list',
    rows: 5_000,
    rowsPerSecond: 1_000,
    waitingFor: null,
    lastId: 495,
  })
})

/** A painted line that notes how it was treated. */
function painter(name: string, log: string[]) {
  return (text: never): DrawnLine => {
    log.push(`${name} up`)
    const show = text as unknown as (draw: () => string) => string
    return {
      update: () => void log.push(`${name}: ${show(() => '[]')}`),
      around(write) {
        log.push(`${name} away`)
        write()
      },
      stop: () => void log.push(`${name} down`),
    }
  }
}

test('the spinner becomes a bar when the end is known, redrawn ten times a second and at once for a wait', () => {
  const log: string[] = []
  const run = record()
  const line = liveLine({
    record: run,
    painters: { spinner: painter('spinner', log), bar: painter('bar', log) },
    columns: () => 80,
    now: Date.now,
  })
  run.take({ type: 'sent', method: 'm', commands: 1, bytes: 1 })
  run.take({ type: 'page', rows: 50, cursor: 50, end: undefined })
  line.update()
  expect(log.splice(0)).toEqual(['spinner up', 'spinner: 50 rows, 0 rows/s, 1 request'])
  for (let ms = 0; ms < 1_000; ms += 10) {
    vi.advanceTimersByTime(10)
    read(run, 100 + ms)
    line.update()
  }
  expect(log.slice(0, 2)).toEqual(['spinner down', 'bar up'])
  expect(log.splice(0).filter((entry) => entry.startsWith('bar: '))).toHaveLength(10)
  run.take({ type: 'waiting', method: 'm', reason: 'bucket', until: Date.now() + 5_000 })
  // The request that was sent is still in flight, so the run goes on.
  line.update()
  expect(log.splice(0)).toEqual([])
  run.take({ type: 'lost', method: 'm', elapsedMs: 1_000, isBrokenOff: false })
  line.update()
  expect(log.splice(0)).toEqual([expect.stringContaining('request limit until')])
  line.around(() => log.push('a message'))
  line.stop()
  line.stop()
  line.around(() => log.push('another'))
  expect(log).toEqual(['bar away', 'a message', 'bar down', 'another'])
})
