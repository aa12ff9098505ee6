import { describe, expect, onTestFinished, test } from 'vitest'
import { emptyDocument, operatingKey } from '../../src/engine/ledger/document.ts'
import { type Ledger, ownLedger } from '../../src/engine/ledger/ledger.ts'
import { newOperatingState, OperatingWindow } from '../../src/engine/operating.ts'
import { carryOver, fillAlone, machinesIn, partOf } from '../../src/engine/redis/alone.ts'
import { connectRedis } from '../../src/engine/redis/client.ts'
import { RedisDocument } from '../../src/engine/redis/document.ts'
import { redisNames } from '../../src/engine/redis/names.ts'
import { RedisLedger } from '../../src/engine/redis/redis-ledger.ts'
import { parseRedisAddress, type RedisAddress } from '../../src/lib/redis-address.ts'
import { NO_REDIS, startRedis } from '../support/redis-server.ts'

const HOST = 'example.bitrix24.com'
const SHARED = { places: 47, ceiling: 47, perSecond: 2 }
const KEY = operatingKey('0123456789', 'crm.deal.list')
const DAY_MS = 86_400_000
const { signal } = new AbortController()

function addressOf(url: string): RedisAddress {
  const address = parseRedisAddress(url)
  if (address === undefined) throw new Error(`no address: ${url}`)
  return address
}

test.each([
  ['redis://localhost', { host: 'localhost', port: 6379, database: 0, shown: 'redis://localhost:6379/0' }],
  ['redis://[::1]:7000/3', { host: '::1', port: 7000, database: 3, shown: 'redis://[::1]:7000/3' }],
  ['rediss://me@h:1', { isEncrypted: true, username: 'me', password: undefined, shown: 'rediss://me@h:1/0' }],
])('%s is an address', (text, facts) => {
  expect(parseRedisAddress(text)).toMatchObject(facts)
})

test('a password is read as it was meant, and shown by nobody', () => {
  const address = addressOf('redis://me:p%40ss%2Fw%zz@h')
  expect(address.password?.reveal()).toBe('p%40ss%2Fw%zz')
  const encoded = addressOf('redis://me:p%40ss%2Fw@h')
  expect(encoded.password?.reveal()).toBe('p@ss/w')
  expect(encoded.shown).toBe('redis://me:***@h:6379/0')
  expect(JSON.stringify(encoded)).not.toContain('p@ss')
})

describe('a machine alone', () => {
  test('has its part of the rate, and at least one place', () => {
    expect(partOf(SHARED, 3)).toEqual({ places: 15, ceiling: 15, perSecond: 2 / 3 })
    expect(partOf({ places: 2, ceiling: 1, perSecond: 1 }, 5)).toEqual({
      places: 1,
      ceiling: 1,
      perSecond: 0.2,
    })
  })

  test('takes the bucket for full, and keeps what it has promised', () => {
    const document = emptyDocument()
    fillAlone(document, partOf(SHARED, 3))
    expect(document.bucket).toMatchObject({ level: 15, places: 15 })
    document.bucket.level = 30
    fillAlone(document, partOf(SHARED, 3))
    expect(document.bucket.level).toBeGreaterThan(29)
  })

  test('remembers for a day how many there were', () => {
    const machines = { id: 'a', count: 4, seenAt: Date.now() - DAY_MS / 2 }
    expect(machinesIn({ ...emptyDocument(), machines }, 'b')).toEqual(machines)
    const old = { ...machines, seenAt: Date.now() - 2 * DAY_MS }
    expect(machinesIn({ ...emptyDocument(), machines: old }, 'b')).toMatchObject({ id: 'a', count: 1 })
    expect(machinesIn(emptyDocument(), 'b')).toMatchObject({ id: 'b', count: 1 })
  })

  test('goes by whatever ledger knows a method later, and by the requests in flight of both', () => {
    const [shared, own] = [emptyDocument(), emptyDocument()]
    const now = Date.now()
    const state = newOperatingState()
    const [before, after] = [
      new OperatingWindow(480, structuredClone(state)),
      new OperatingWindow(480, state),
    ]
    before.settle({ expectedSeconds: 0 }, 10, now - 5000)
    after.settle({ expectedSeconds: 0 }, 300, now)
    after.reserve(7, 'mine', now + 60_000)
    shared.methods[KEY] = state
    own.methods[KEY] = {
      ...newOperatingState(),
      usedAt: now - 5000,
      reserved: { other: { seconds: 5, until: now } },
    }
    carryOver(shared, own)
    expect(own.methods[KEY]).toMatchObject({ workedSeconds: 300, usedAt: now })
    expect(Object.keys(own.methods[KEY].reserved).sort()).toEqual(['mine', 'other'])
    // It is a copy: what happens here is not written there.
    expect(own.methods[KEY]).not.toBe(shared.methods[KEY])
  })
})

describe.skipIf(NO_REDIS !== undefined)('over Redis', () => {
  test('no change is lost, whoever is faster', async () => {
    const redis = await startRedis()
    const documents = []
    for (let program = 0; program < 3; program++) {
      const client = await connectRedis({ address: addressOf(redis.url) })
      onTestFinished(() => client.disconnect())
      documents.push(new RedisDocument(client, HOST))
    }
    const add = (one: RedisDocument): Promise<number> => one.change(({ bucket }) => ++bucket.refusals)
    const seen: number[] = []
    for (let round = 0; round < 40; round++) {
      seen.push(...(await Promise.all(documents.flatMap((one) => [add(one), add(one)]))))
    }
    // Each has counted on from what another has left.
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, at) => at + 1))
    await Promise.all(documents.map((one) => one.read()))
    expect(documents.map(({ seen }) => seen.bucket.refusals)).toEqual([240, 240, 240])
  })

  async function open(url: string, said: string[] = [], local: Ledger = ownLedger()): Promise<RedisLedger> {
    const ledger = await RedisLedger.open({
      server: { address: addressOf(url) },
      host: HOST,
      shared: SHARED,
      local,
      who: 'a test',
      machineName: 'here',
      onChange: (message) => said.push(message),
    })
    onTestFinished(() => ledger.close())
    return ledger
  }

  test('a request costs some milliseconds, and everything is forgotten in a day', async () => {
    const redis = await startRedis()
    const ledger = await open(redis.url)
    const places = ledger.openPlaces(SHARED)
    const startedAt = performance.now()
    for (let request = 0; request < 40; request++) {
      await ledger.change(({ methods }) => (methods[KEY] ??= newOperatingState()).workedSeconds++)
      await places.take('crm.deal.list', signal, () => undefined)
      await ledger.change(({ methods }) => (methods[KEY] ??= newOperatingState()).workedSeconds++)
    }
    expect((performance.now() - startedAt) / 40).toBeLessThan(25)
    const client = await connectRedis({ address: addressOf(redis.url) })
    onTestFinished(() => client.disconnect())
    const keys = await client.keys('*')
    expect(keys).toContain(redisNames(HOST).ledger)
    for (const key of keys) {
      expect(key).toContain(HOST)
      const leftMs = await client.pttl(key)
      expect(leftMs, key).toBeGreaterThan(0)
      expect(leftMs, key).toBeLessThanOrEqual(DAY_MS)
    }
  })

  test('what a machine has used before goes off what all have', async () => {
    const redis = await startRedis()
    const local = ownLedger()
    await local.change(({ bucket }) =>
      Object.assign(bucket, { level: 40, at: Date.now(), places: 47, perSecond: 2 }),
    )
    const ledger = await open(redis.url, [], local)
    const places = ledger.openPlaces(SHARED)
    const waits: number[] = []
    for (let taken = 0; taken < 9; taken++) await places.take('x', signal, (until) => waits.push(until))
    expect(waits.length).toBeGreaterThan(0)
  })

  test('whoever stops waiting gives up its place to the next', async () => {
    const redis = await startRedis()
    const ledger = await open(redis.url)
    const places = ledger.openPlaces(SHARED)
    await places.fill()
    expect(ledger.seen().bucket.refusals).toBe(1)
    const stop = new AbortController()
    const stopped = expect(places.take('x', stop.signal, () => undefined)).rejects.toThrow('stopped')
    const next = places.take('x', signal, () => undefined)
    stop.abort(new Error('stopped'))
    await stopped
    const startedAt = performance.now()
    await next
    // After a refusal nobody has a place for two seconds.
    expect(performance.now() - startedAt).toBeGreaterThan(1_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test('a program that stood still for long goes on as if nothing had been', async () => {
    const redis = await startRedis()
    const said: string[] = []
    const ledger = await open(redis.url, said)
    const places = ledger.openPlaces(SHARED)
    await places.take('x', signal, () => undefined)
    const client = await connectRedis({ address: addressOf(redis.url) })
    onTestFinished(() => client.disconnect())
    // This is what others do who have not heard of it for ten seconds.
    await client.del(`b_${redisNames(HOST).bucket}_client_last_seen`)
    await places.take('x', signal, () => undefined)
    expect(said).toEqual([])
  })

  test('a ledger of a later version is left alone, and said', async () => {
    const redis = await startRedis()
    const client = await connectRedis({ address: addressOf(redis.url) })
    onTestFinished(() => client.disconnect())
    const later = JSON.stringify({ version: 99, host: HOST })
    await client.hset(redisNames(HOST).ledger, { mark: 'x', text: later })
    const said: string[] = []
    const ledger = await open(redis.url, said)
    await ledger.change(({ bucket }) => bucket.refusals++)
    expect(said).toEqual([expect.stringContaining('its ledger is of another version of bx24') as string])
    expect(await client.hget(redisNames(HOST).ledger, 'text')).toBe(later)
    await client.hset(redisNames('other').ledger, { mark: 'x', text: 'junk' })
    const other = new RedisDocument(client, 'other')
    await other.change(({ bucket }) => bucket.refusals++)
    expect(await client.hget(redisNames('other').ledger, 'text')).toContain('"version":1')
  })
})
