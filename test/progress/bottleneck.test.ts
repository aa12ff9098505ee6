import { expect, test } from 'vitest'
import { type BottleneckFacts, bottleneckOf, type RunSetup } from '../../src/progress/bottleneck.ts'
import { fails, flies, type Happening, timed, waits, writes } from '../support/run-events.ts'

const SETUP: RunSetup = {
  plan: 'standard',
  hasOwnRate: false,
  batchSize: 50,
  lanes: undefined,
  canSelect: true,
  isTable: false,
  isToFile: true,
}

interface Run {
  readonly happenings: readonly Happening[]
  readonly setup?: Partial<RunSetup>
  readonly seconds?: number
  readonly processorMs?: number
  readonly portalSeconds?: number
  readonly errors?: BottleneckFacts['errors']
}

/** What is said of a run of 100 s, unless it says otherwise, that needed hardly any of the processor. */
function said({ happenings, setup, seconds = 100, processorMs = 500, portalSeconds = 0, errors = [] }: Run): {
  cause: string
  share: number
  text: string
} {
  const time = timed(seconds, ...happenings)
  return bottleneckOf({ setup: { ...SETUP, ...setup }, time, processorMs, portalSeconds, errors })
}

const every = (count: number, of: (at: number) => Happening[]): Happening[] =>
  Array.from({ length: count }, (_, at) => of(at)).flat()

/** Two requests a second that take 1.5 s: three in flight, and always one that waits for its turn. */
const AT_THE_BUCKET = every(200, (at) => [
  ...waits('bucket', at / 2 - 0.5, at / 2),
  ...flies(at / 2, at / 2 + 1.5),
])
const SERIAL = every(10, (at) => flies(at * 10, at * 10 + 9.8))
const FOUR_LANES = every(4, () => SERIAL)

test.each<[string, Run, string, string]>([
  ['waits for the bucket', { happenings: AT_THE_BUCKET }, 'bucket', 'the Enterprise plan'],
  [
    'waits for a bucket that the user made smaller',
    { happenings: AT_THE_BUCKET, setup: { hasOwnRate: true } },
    'bucket',
    'raise --burst and --tps',
  ],
  [
    'waits for the bucket on the plan that has the largest',
    { happenings: AT_THE_BUCKET, setup: { plan: 'enterprise' } },
    'bucket',
    'the plan allows no more',
  ],
  [
    'waits for the bucket with requests that were kept short',
    {
      happenings: every(200, (at) => [
        ...waits('bucket', at / 2, at / 2 + 0.4),
        ...flies(at / 2, at / 2 + 0.1, 5),
      ]),
      setup: { batchSize: 5 },
    },
    'bucket',
    '--batch-size',
  ],
  [
    'waits for operating time while its last requests are in flight',
    { happenings: [...flies(0, 30), ...flies(0, 30), ...waits('operating', 20, 100)] },
    'operating',
    '--select',
  ],
  ['has one lane at a portal that works', { happenings: SERIAL, portalSeconds: 95 }, 'portal', '--select'],
  [
    'uses all the lanes that it may, at a portal that works',
    { happenings: FOUR_LANES, portalSeconds: 380, setup: { lanes: 4 } },
    'portal',
    '--concurrency',
  ],
  [
    'is far away from the portal',
    { happenings: SERIAL, portalSeconds: 5 },
    'latency',
    'a machine nearer to the portal',
  ],
  [
    'is far away, with requests that were kept short',
    {
      happenings: every(10, (at) => flies(at * 10, at * 10 + 9.8, 5)),
      portalSeconds: 5,
      setup: { batchSize: 5 },
    },
    'latency',
    '--batch-size',
  ],
  [
    'writes to a slow file between its requests',
    { happenings: every(10, (at) => [...flies(at * 10, at * 10 + 3), ...writes(at * 10 + 3, at * 10 + 10)]) },
    'consumer',
    'a faster disk',
  ],
  [
    'writes to a slow reader all the time, beside its requests',
    {
      happenings: [...FOUR_LANES, ...every(10, (at) => writes(at * 10, at * 10 + 9.5))],
      setup: { isToFile: false },
    },
    'consumer',
    'a faster reader',
  ],
  [
    'fills its buffers first, and writes to a slow reader from then on',
    { happenings: [...every(4, () => flies(0, 65)), ...writes(25, 99)], setup: { isToFile: false } },
    'consumer',
    'a faster reader',
  ],
  [
    'writes all it got in one go at its end',
    { happenings: [...flies(0, 90), ...writes(90, 99)], portalSeconds: 90 },
    'portal',
    '--select',
  ],
  [
    'writes half of the time, beside requests that never pause',
    { happenings: [...FOUR_LANES, ...every(10, (at) => writes(at * 10, at * 10 + 5))], portalSeconds: 380 },
    'portal',
    '--select',
  ],
  [
    'keeps the processor busy, so that answers and writes wait for it',
    {
      happenings: [...FOUR_LANES, ...every(10, (at) => writes(at * 10, at * 10 + 9.5))],
      processorMs: 97_000,
      portalSeconds: 300,
      setup: { isTable: true },
    },
    'processor',
    'NDJSON',
  ],
  [
    'works itself between short requests',
    { happenings: every(100, (at) => flies(at, at + 0.3)), processorMs: 60_000, portalSeconds: 25 },
    'processor',
    '--select',
  ],
  [
    'meets a portal in trouble: attempts that hang, and waits behind them',
    {
      happenings: [...flies(0, 20), ...fails(20, 60), ...waits('backoff', 60, 75), ...flies(75, 100)],
      errors: [
        { code: 'a', message: 'It broke.', count: 1 },
        { code: 'b', message: 'The portal gave no answer.', count: 3 },
      ],
    },
    'backoff',
    '(mostly: The portal gave no answer): run again when the portal is well.',
  ],
  [
    'shares its bucket with others',
    {
      happenings: every(10, (at) => [
        ...fails(at * 10, at * 10 + 1),
        ...waits('backoff', at * 10 + 1, at * 10 + 8),
      ]),
      errors: [{ code: 'b', message: 'The portal refused m: QUERY_LIMIT_EXCEEDED', count: 10 }],
    },
    'backoff',
    'others use the same request limit',
  ],
  [
    'has one lane in trouble and three at work',
    {
      happenings: [
        ...every(3, () => SERIAL),
        ...every(10, (at) => [
          ...fails(at * 10, at * 10 + 0.5),
          ...waits('backoff', at * 10 + 0.5, at * 10 + 9.5),
        ]),
      ],
      portalSeconds: 280,
    },
    'portal',
    '--select',
  ],
  [
    'waits for its input',
    { happenings: every(10, (at) => flies(at * 10, at * 10 + 1)) },
    'input',
    'the input came',
  ],
])('a run that %s is told so', (_what, run, cause, advice) => {
  const { text, ...bottleneck } = said(run)
  expect(bottleneck.cause).toBe(cause)
  expect(bottleneck.share).toBeGreaterThan(0.45)
  expect(bottleneck.share).toBeLessThanOrEqual(1)
  expect(text).toContain(advice)
  expect(text).toContain(`${Math.round(bottleneck.share * 100)} % of the time`)
  expect(text).toMatch(/^[^\n]*\.$/)
})

test('lanes that are not all used are no reason to ask for more of them', () => {
  expect(said({ happenings: SERIAL, portalSeconds: 95, setup: { lanes: 4 } }).text).not.toContain(
    '--concurrency',
  )
})

test('no option is named that the command does not have', () => {
  const setup = { canSelect: false, isToFile: false }
  for (const happenings of [AT_THE_BUCKET, SERIAL, waits('operating', 0, 90), fails(0, 50), writes(0, 90)]) {
    for (const portalSeconds of [0, 95]) {
      expect(said({ happenings, setup, portalSeconds }).text).not.toMatch(/--select|--concurrency/)
    }
  }
})

test('of a run of less than a second nothing is said to have held it up', () => {
  expect(said({ happenings: waits('bucket', 0, 0.9), seconds: 0.9 })).toEqual({
    cause: 'none',
    share: 0,
    text: 'The run was too short for anything to hold it up.',
  })
})
