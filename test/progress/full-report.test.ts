import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { bottleneckOf } from '../../src/progress/bottleneck.ts'
import { fullReport } from '../../src/progress/full-report.ts'
import { reportObject } from '../../src/progress/report-object.ts'
import type { RunReport } from '../../src/progress/report.ts'
import { RunRecord } from '../../src/progress/run-record.ts'
import { answered, fails, flies, type Happening, START, waits, writes } from '../support/run-events.ts'

const DEALS = 'crm.deal.list'
const PAGE: RunEvent = { type: 'page', rows: 2_500, cursor: 9_000, end: 20_000 }
const deals = (from: number, to: number, commands: number): Happening[] => flies(from, to, commands, DEALS)

/** Two requests beside each other, one that fails, a wait, and one more. */
const RUN: readonly Happening[] = [
  ...flies(0, 0.25, 1, 'crm.deal.fields'),
  ...deals(0.25, 2, 2),
  ...deals(2, 10, 50),
  ...deals(2, 12, 50),
  [12, PAGE],
  ...writes(12, 14),
  ...fails(14, 15),
  ...waits('backoff', 15, 17, DEALS),
  ...waits('bucket', 17, 18, DEALS),
  ...deals(18, 20, 7),
  [20, PAGE],
]

function report(happenings: readonly Happening[], seconds: number): RunReport {
  let now = START
  const record = new RunRecord({ now: () => now, rowsWanted: Infinity })
  for (const [at, what] of [...happenings].sort(([one], [other]) => one - other)) {
    now = START + at * 1_000
    if (what === 'writing') record.writing()
    else if (what === 'written') record.written()
    else record.take(what)
  }
  now = START + seconds * 1_000
  const { tally, time } = record
  const setup = { plan: 'standard', hasOwnRate: false, batchSize: 50, lanes: undefined } as const
  const canDo = { canSelect: true, isTable: false, isToFile: true }
  const cost = { processorMs: 1_000, portalSeconds: 12, errors: [] }
  return {
    method: DEALS,
    exitCode: 0,
    tally,
    time,
    bottleneck: bottleneckOf({ setup: { ...setup, ...canDo }, time, ...cost }),
    processor: { userMs: 1_100, systemMs: 300 },
    now,
    rowsBefore: 0,
    bytesWritten: 2_000_000,
    peakMemoryBytes: 99_000_000,
    target: 'deals.ndjson',
    errors: [],
    next: undefined,
  }
}

test('the full report tells where the time went', () => {
  expect(fullReport(report(RUN, 20))).toEqual([
    'crm.deal.list: complete',
    'rows:        5,000 (250 rows/s)',
    'requests:    6, 0 retries',
    'waiting:     3.0 s (request limit 1.0 s, retries 2.0 s); 2.0 s for the output to take rows',
    'portal time: crm.deal.fields 1.0 s, crm.deal.list 4.0 s',
    'bytes:       1.8 kB sent, 350 kB received (45 kB packed), 2.0 MB written to deals.ndjson',
    'duration:    20 s',
    'processor:   1.4 s (1.1 s user, 0.3 s system)',
    'memory:      99 MB at the most',
    'crm.deal.fields: 1 request, 1 command answered, 1.0 s billed',
    '  commands a request: median 1, mean 1.0, at most 1',
    '  answered in: p50 247 ms, p90 247 ms, p99 247 ms, at most 250 ms',
    'crm.deal.list: 4 requests, 109 commands answered, 5,000 rows, 4.0 s billed',
    '  commands a request: median 7, mean 27.3, at most 50',
    '  answered in: p50 2.0 s, p90 9.9 s, p99 9.9 s, at most 10 s',
    'm: 1 request (1 in vain)',
    '  commands a request: median 50, mean 50.0, at most 50',
    'in flight:   1.5 on average, at most 2; in parts of 1.6 s, with commands a request below:',
    '             1.0 1.8 2.0 2.0 2.0 2.0 1.3 0.5 0.3 0.4 0.0 0.8 1.0',
    '               2  50   -   -   -   -   -   -  50   -   -   7   -',
    'time:        75 % portal, 10 % retries, 10 % output, 5 % request limit',
    'bottleneck:  For 72 % of the time the portal was at work on the requests: fewer fields (--select) take less time; a portal at rest, at night, is faster.',
  ])
})

test('the report for programs has the same figures, times in seconds', () => {
  const object = reportObject(report(RUN, 20))
  expect(object).toMatchObject({
    type: 'summary',
    rows: 5_000,
    requests: 6,
    waitingSeconds: { bucket: 1, operating: 0, backoff: 2, consumer: 2 },
    portalSeconds: { 'crm.deal.fields': 1, 'crm.deal.list': 4 },
    bytesSent: 1_800,
    bytesReceived: 350_000,
    bytesOnWire: 45_000,
    rowsBefore: 0,
    bytesWritten: 2_000_000,
    durationSeconds: 20,
    timeSeconds: { bucket: 1, operating: 0, backoff: 2, portal: 15, consumer: 2, other: 0 },
    inFlight: { mean: 1.53, max: 2 },
    overTime: {
      sliceSeconds: 1.6,
      inFlight: [1, 1.75, 2, 2, 2, 2, 1.25, 0.5, 0.25, 0.38, 0, 0.75, 1],
      commandsPerRequest: [1.5, 50, null, null, null, null, null, null, 50, null, null, 7, null],
      rows: [0, 0, 0, 0, 0, 0, 0, 2_500, 0, 0, 0, 0, 2_500],
    },
    processorSeconds: { user: 1.1, system: 0.3 },
    peakMemoryBytes: 99_000_000,
    bottleneck: { cause: 'portal', share: 0.72 },
    lastId: 9_000,
  })
  expect(object['methods']).toMatchObject({
    'crm.deal.fields': { requests: 1, rows: null },
    [DEALS]: {
      requests: 4,
      lost: 0,
      commands: 109,
      pages: 109,
      rows: 5_000,
      portalSeconds: 4,
      latencySeconds: { p90: expect.closeTo(10, 0) as number, max: 10 },
      commandsPerRequest: { median: 7, mean: 27.3, max: 50 },
      waitingSeconds: { bucket: 1, operating: 0, backoff: 2 },
    },
    m: { lost: 1, latencySeconds: null },
  })
})

test('a run that sent nothing has nothing to tell, and says so without numbers that are none', () => {
  const lines = fullReport(report([], 0))
  expect(lines.join('\n')).not.toMatch(/NaN|Infinity|undefined/)
  expect(JSON.stringify(reportObject(report([], 0)))).not.toMatch(/NaN|undefined/)
  expect(lines).toContain('time:        none')
})

test('commands of several methods in one request are those of batch', () => {
  const mixed: Happening[] = [
    [0, { type: 'sent', method: 'batch', commands: 3, bytes: 10 }],
    [1, answered(1_000, { a: 1, b: 2 }, 'batch')],
  ]
  expect(fullReport(report(mixed, 2))).toEqual(
    expect.arrayContaining([
      'batch: 1 request',
      'a: 1 command answered, 1.0 s billed',
      'b: 2 commands answered, 1.0 s billed',
    ]),
  )
})
