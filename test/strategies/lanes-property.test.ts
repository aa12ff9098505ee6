import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IncompleteError } from '../../src/errors.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import type { IdRange, WalkOptions } from '../../src/strategies/strategy.ts'
import { walkByKeyset } from '../../src/strategies/keyset/walk.ts'
import { idOf } from '../../src/strategies/rows.ts'
import { idLists } from '../support/id-shapes.ts'
import { ListInMemory, type ListManners, UNRESOLVED } from '../support/list-in-memory.ts'
import { OwnClock } from '../support/own-clock.ts'
import { randomOf } from '../support/random.ts'

/** More runs, or others: WALKS=5000 WALKS_SEED=7 npx vitest run test/strategies/lanes-property.test.ts */
const RUNS = Number(process.env['WALKS'] ?? 300)
const SEED = Number(process.env['WALKS_SEED'] ?? 20_240_229)
const PAGE = 50

interface Case {
  readonly ids: readonly number[]
  readonly manners: ListManners
  readonly options: Omit<WalkOptions, 'signal'>
  readonly bounds: Readonly<Record<keyof IdRange, number | undefined>>
  readonly seed: number
}

interface Walked {
  readonly list: ListInMemory
  readonly got: number[]
  readonly error: unknown
}

const sometimes = (share: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constant(0), fc.constant(share / 10), fc.constant(share))

const wellMannered = fc.record({
  pageSeconds: fc.constantFrom(0.001, 0.03, 0.22, 2),
  latencySeconds: fc.constantFrom(0, 0.04, 1),
  jitter: fc.constantFrom(0, 0.2, 5),
  unresolved: fc.constantFrom(...UNRESOLVED),
  bucket: fc.constantFrom(undefined, { places: 47, perSecond: 2 }, { places: 3, perSecond: 1 }),
})

const calm = {
  refused: 0,
  absent: 0,
  empty: 0,
  short: 0,
  emptyBatches: 0,
  timeouts: 0,
  trouble: 0,
  outages: 0,
  heldBack: 0,
  ignoresDescending: false,
  ignoresUpTo: false,
  inserts: 0,
  deletes: 0,
}

const troubled = fc.record({
  refused: sometimes(0.3),
  absent: sometimes(0.3),
  empty: sometimes(0.3),
  short: sometimes(0.3),
  emptyBatches: sometimes(0.5),
  timeouts: sometimes(0.5),
  trouble: sometimes(0.5),
  outages: sometimes(0.3),
  heldBack: sometimes(0.5),
})

function cases(manners: fc.Arbitrary<Partial<ListManners>>): fc.Arbitrary<Case> {
  return fc
    .record({
      ids: idLists,
      good: wellMannered,
      bad: manners,
      batchSize: fc.oneof(fc.constant(50), fc.integer({ min: 1, max: 50 })),
      concurrency: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 16 })),
      wanted: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20_000 })),
      after: fc.option(fc.nat(1000)),
      upTo: fc.option(fc.nat(1000)),
      seed: fc.nat(),
    })
    .map(({ ids, good, bad, batchSize, concurrency, wanted, after, upTo, seed }) => {
      const at = (share: number | null, off: number): number | undefined =>
        share === null ? undefined : Math.max(0, (ids[Math.floor((share * ids.length) / 1000)] ?? 77) + off)
      return {
        ids,
        manners: { ...good, ...calm, ...bad },
        options: { batchSize, concurrency, rowsWanted: wanted },
        bounds: { after: at(after, (seed % 3) - 1), upTo: at(upTo, (seed % 5) - 2) },
        seed,
      }
    })
}

async function walked({ ids, manners, options, bounds, seed }: Case): Promise<Walked> {
  const clock = new OwnClock()
  // What is left of the operating time may be two pages at a time.
  const most = 300 + (manners.heldBack > 0 ? 8 : 5) * Math.ceil(ids.length / PAGE)
  const list = new ListInMemory(ids, manners, clock, randomOf(seed), most)
  const { query } = checkedQuery('crm.deal.list', { params: {}, where: [], select: undefined })
  const got: number[] = []
  const random = randomOf(seed + 1)
  const { signal } = new AbortController()
  const error: unknown = await clock.run(async () => {
    try {
      const walking = { ...options, signal }
      for await (const page of walkByKeyset(list.caller, { ...query, range: bounds }, walking)) {
        for (const row of page.rows) got.push(idOf(row, 'ID') ?? Number.NaN)
        list.take(page.rows.length)
        // Whoever takes the rows may be slow.
        if (random() < 0.1) await clock.sleep(random() * 10 * manners.pageSeconds, signal)
      }
      return undefined
    } catch (caught) {
      return caught
    }
  })
  return { list, got, error }
}

function expectedOf({ ids, bounds: { after = -1, upTo = Infinity } }: Case): number[] {
  return ids.filter((id) => id > after && id <= upTo)
}

/** All the rows in their order; of a list with a limit the first ones, at least as many as that. */
function expectRows(one: Case, got: readonly number[]): void {
  const { rowsWanted } = one.options
  const expected = expectedOf(one)
  expect(got.length).toBeGreaterThanOrEqual(Math.min(rowsWanted, expected.length))
  const same = rowsWanted === Infinity ? expected : expected.slice(0, got.length)
  const wrong = same.findIndex((id, at) => id !== got[at])
  expect([wrong, got.length]).toEqual([-1, same.length])
}

function check(arbitrary: fc.Arbitrary<Case>, property: (one: Case) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: RUNS, seed: SEED })
}

describe('a walk by id, whatever the list and the order of the answers', { timeout: 3_600_000 }, () => {
  test('brings each row once, in order, and asks for little more than that', async () => {
    await check(cases(fc.constant({})), async (one) => {
      const { list, got, error } = await walked(one)
      expect(error).toBeUndefined()
      expectRows(one, got)
      const { batchSize, concurrency = 8, rowsWanted } = one.options
      const perfect = Math.ceil(Math.min(rowsWanted, expectedOf(one).length) / PAGE)
      expect(list.stats.pages).toBeLessThanOrEqual(3 * perfect + 120)
      expect(list.stats.peakInFlight).toBeLessThanOrEqual(concurrency)
      expect(list.stats.mostHeld).toBeLessThanOrEqual(concurrency * (2.5 + 1) * 50 * PAGE)
      if (batchSize === 1) expect(list.stats.requests).toBe(list.stats.alone)
    })
  })

  test('brings each row once, in order, through refusals, empty and short pages, time-outs', async () => {
    await check(cases(troubled), async (one) => {
      const { got, error } = await walked(one)
      expect(error).toBeUndefined()
      expectRows(one, got)
    })
  })

  test('brings every row that was there throughout, once, while others come and go', async () => {
    const changing = fc
      .tuple(troubled, sometimes(0.3), sometimes(2))
      .map(([faults, inserts, deletes]) => ({ ...faults, inserts, deletes }))
    await check(cases(changing), async (one) => {
      const { list, got, error } = await walked(one)
      expect(error).toBeUndefined()
      const { after = -1, upTo = Infinity } = one.bounds
      expect(got.findIndex((id, at) => id <= (got[at - 1] ?? after) || id > upTo)).toBe(-1)
      const known = new Set([...one.ids, ...list.inserted])
      expect(got.filter((id) => !known.has(id))).toEqual([])
      const missing = new Set(expectedOf(one).filter((id) => !list.deleted.has(id)))
      for (const id of got) missing.delete(id)
      const last = got.at(-1) ?? -1
      if (one.options.rowsWanted === Infinity) expect([...missing]).toEqual([])
      else {
        expect([...missing].filter((id) => id < last)).toEqual([])
        if (missing.size > 0) expect(got.length).toBeGreaterThanOrEqual(one.options.rowsWanted)
      }
    })
  })

  test('is right, or says that it cannot be, where the portal does not do what it is asked', async () => {
    const deaf = fc.record({ ignoresDescending: fc.boolean(), ignoresUpTo: fc.boolean() })
    await check(cases(deaf), async (one) => {
      const { got, error } = await walked(one)
      if (one.manners.ignoresUpTo && error instanceof IncompleteError) return
      expect(error).toBeUndefined()
      if (one.manners.ignoresUpTo && one.bounds.upTo !== undefined) return
      expectRows(one, got)
    })
  })
})
