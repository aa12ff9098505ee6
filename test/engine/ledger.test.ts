import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { allowed } from '../support/busy.ts'
import { emptyDocument, operatingKey } from '../../src/engine/ledger/document.ts'
import { LedgerFile, ledgerName } from '../../src/engine/ledger/ledger-file.ts'
import { ledgerText, readLedger } from '../../src/engine/ledger/ledger-text.ts'
import { LedgerPlaces } from '../../src/engine/ledger/places.ts'
import { newOperatingState, OperatingWindow } from '../../src/engine/operating.ts'
import { limitsFor } from '../../src/protocol/limits.ts'
import { refusedBy } from '../support/refused-by.ts'
import { tempFolder } from '../support/temp-folder.ts'

const T0 = 1_700_000_000_000
const HOST = 'example.bitrix24.com'
const { signal } = new AbortController()

beforeEach(() => void vi.useFakeTimers({ now: T0 }))
afterEach(() => void vi.useRealTimers())

function open(folder: string): LedgerFile {
  const onTrouble = (message: string): never => {
    throw new Error(message)
  }
  return new LedgerFile({ folder, host: HOST, who: 'a test', onTrouble })
}

function placesIn(folder: string, polite?: number): LedgerPlaces {
  const { shared } = limitsFor(HOST, { plan: 'standard', polite })
  if (shared === undefined) throw new Error('no limits')
  return new LedgerPlaces(open(folder), shared)
}

/** Seconds after `T0` at which a program that always wants a place had one. */
function greedy(places: LedgerPlaces, until: AbortSignal = signal): number[] {
  const at: number[] = []
  const go = async (): Promise<void> => {
    for (;;) {
      await places.take('crm.deal.list', until, () => undefined)
      at.push((Date.now() - T0) / 1000)
    }
  }
  for (let lanes = 0; lanes < 4; lanes++) void go().catch(() => undefined)
  return at
}

describe('the places of several programs', () => {
  test('are never more than the portal takes, all are used, and all programs have as many', async () => {
    const folder = tempFolder()
    const programs = [1, 2, 3, 4].map(() => greedy(placesIn(folder)))
    await vi.advanceTimersByTimeAsync(120_000)
    const all = programs.flat().sort((left, right) => left - right)
    expect(refusedBy(all, 50, 2)).toBe(0)
    expect(all.length).toBeGreaterThan(0.97 * (47 + 2 * 120))
    // The first ones may have taken all that could be had at once.
    const after = programs.map((at) => at.filter((seconds) => seconds > 1).length)
    expect(Math.max(...after) - Math.min(...after)).toBeLessThanOrEqual(2)
  })

  test('come back in time when a program is killed that had taken some', async () => {
    const folder = tempFolder()
    const dead = placesIn(folder)
    for (let taken = 0; taken < 47; taken++) expect(dead.takeAtOnce()).toBe(true)
    const heir = placesIn(folder)
    expect(heir.takeAtOnce()).toBe(false)
    await vi.advanceTimersByTimeAsync(10_000)
    for (let taken = 0; taken < 20; taken++) expect(heir.takeAtOnce()).toBe(true)
    expect(heir.takeAtOnce()).toBe(false)
  })

  test('that were taken ahead and not used are given back at the end', () => {
    const folder = tempFolder()
    const first = placesIn(folder)
    for (let taken = 0; taken < 10; taken++) first.takeAtOnce()
    expect(open(folder).look().bucket.level).toBeGreaterThan(10)
    first.close()
    expect(open(folder).look().bucket.level).toBe(10)
  })

  test('are given up by whoever stops waiting, so that the next does not wait for them', async () => {
    const folder = tempFolder()
    const places = placesIn(folder)
    for (let taken = 0; taken < 47; taken++) places.takeAtOnce()
    const stop = new AbortController()
    const waiting = places.take('crm.deal.list', stop.signal, () => undefined)
    await vi.advanceTimersByTimeAsync(100)
    expect(Object.values(open(folder).look().waiting)).toMatchObject([{ reason: 'bucket', who: 'a test' }])
    const stopped = expect(waiting).rejects.toThrow('stopped')
    stop.abort(new Error('stopped'))
    await vi.advanceTimersByTimeAsync(10)
    await stopped
    expect(open(folder).look().waiting).toEqual({})
    const next = greedy(placesIn(folder))
    await vi.advanceTimersByTimeAsync(600)
    expect(next).toHaveLength(1)
  })

  test('are none for anybody after a refusal, also not for whoever had its turn already', async () => {
    const folder = tempFolder()
    const places = placesIn(folder)
    for (let taken = 0; taken < 47; taken++) places.takeAtOnce()
    const others = greedy(placesIn(folder))
    await vi.advanceTimersByTimeAsync(250)
    await places.fill()
    await vi.advanceTimersByTimeAsync(1_750)
    expect(others).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(others.length).toBeGreaterThan(4)
  })

  test('leave half of the bucket to others if a program is polite, which still has its turn', async () => {
    const folder = tempFolder()
    const polite = greedy(placesIn(folder, 0.5))
    await vi.advanceTimersByTimeAsync(1)
    expect(polite).toHaveLength(23)
    const other = placesIn(folder)
    for (let taken = 0; taken < 20; taken++) expect(other.takeAtOnce()).toBe(true)
    const busy = greedy(other)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(polite.length).toBeGreaterThan(25)
    expect(busy.length).toBeGreaterThan(60)
    expect(
      refusedBy(
        [...polite, ...busy, ...Array<number>(20).fill(0)].sort((a, b) => a - b),
        50,
        2,
      ),
    ).toBe(0)
  })

  test.each([3_600_000, -3_600_000, -86_400_000 * 365])(
    'are had again after the clock was set by %i ms',
    async (ms) => {
      const folder = tempFolder()
      const places = placesIn(folder)
      for (let taken = 0; taken < 47; taken++) places.takeAtOnce()
      vi.setSystemTime(T0 + ms)
      const at = greedy(placesIn(folder))
      await vi.advanceTimersByTimeAsync(10_000)
      expect(at.length).toBeGreaterThanOrEqual(19)
    },
  )
})

describe('the file', () => {
  const figure = fc.oneof(fc.integer(), fc.double(), fc.constant(T0), fc.constant(T0 + 1e6))
  const junk = fc.oneof(figure, fc.string(), fc.constant(null), fc.constant([]), fc.constant({}))

  test('may hold anything: what can be made of it is of use, and a request is never held up for long', () => {
    const good = emptyDocument()
    const window = new OperatingWindow(480, (good.methods['ab crm.deal.list'] = newOperatingState()))
    window.settle(window.reserve(10, 'x', T0 + 1e5), 10, T0)
    window.observe(200, T0 / 1000 + 300, T0)
    good.waiting['x'] = { who: 'x', method: 'y', reason: 'bucket', since: T0, until: T0 + 1e3 }
    const whole = JSON.parse(ledgerText(HOST, good)) as Record<string, unknown>
    const paths = pathsIn(whole)
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const read = readLedger(JSON.stringify(withValue(whole, path, value)))
        if (typeof read === 'string') return
        for (const state of Object.values(read.methods)) {
          const one = new OperatingWindow(480, state)
          const freeAt = one.freeAt(10, T0)
          expect(freeAt).toBeGreaterThanOrEqual(T0)
          expect(freeAt).toBeLessThanOrEqual(T0 + 700_000)
        }
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['unreadable', 'newer', 'object']).toContain(
          typeof readLedger(text) === 'object' ? 'object' : readLedger(text),
        )
      }),
    )
  })

  test('keeps what was learnt, and loses what nobody has asked for since a day', () => {
    const folder = tempFolder()
    const key = operatingKey('0123456789abcdef', 'crm.Deal.list')
    expect(key).toBe('01234567 crm.deal.list')
    open(folder).tryChange(({ methods }) => {
      const window = new OperatingWindow(480, (methods[key] = newOperatingState()))
      window.settle(window.reserve(400), 400, T0)
    })
    const later = open(folder).look().methods[key]
    expect(later).toMatchObject({ workedSeconds: 400, charges: [{ seconds: 400 }] })
    vi.setSystemTime(T0 + 25 * 3_600_000)
    open(folder).tryChange(() => undefined)
    expect(open(folder).look().methods).toEqual({})
  })

  test('is left alone while another program changes it, for as long as that is alive', async () => {
    const folder = tempFolder()
    const ledger = open(folder)
    ledger.tryChange(() => undefined)
    const lock = join(folder, `${ledgerName(HOST)}.lock`)
    writeFileSync(lock, '')
    expect(ledger.tryChange(() => 'changed')).toBeUndefined()
    const waiting = ledger.change(() => 'changed')
    await vi.advanceTimersByTimeAsync(900)
    expect(readFileSync(lock, 'utf8')).toBe('')
    await vi.advanceTimersByTimeAsync(200)
    expect(await waiting).toBe('changed')
  })

  test('is changed within a few milliseconds, also with many methods in it', () => {
    vi.useRealTimers()
    const ledger = open(tempFolder())
    ledger.tryChange(({ methods }) => {
      for (let method = 0; method < 10; method++) {
        const window = new OperatingWindow(480, (methods[`ab m${method}`] = newOperatingState()))
        for (let at = 0; at < 60; at++)
          window.settle({ expectedSeconds: 0 }, 1, Date.now() - 600_000 + at * 10_001)
      }
    })
    const before = performance.now()
    for (let change = 0; change < 200; change++) ledger.tryChange(({ bucket }) => bucket.level++)
    // It takes 0.4 to 0.9 ms; what matters is that nobody waits for the disk or for a large text.
    expect((performance.now() - before) / 200).toBeLessThan(allowed(10))
    expect(ledger.look().bucket.level).toBe(200)
  })
})

type Path = readonly string[]

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function withValue(whole: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value
  const copy = structuredClone(whole) as Record<string, unknown>
  copy[first] = withValue(copy[first], rest, value)
  return copy
}
