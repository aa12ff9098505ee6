import type { Redis } from 'ioredis'
import type { BucketState, LedgerDocument } from '../ledger/document.ts'
import { connectRedis, letGo, type RedisServer } from './client.ts'
import { RedisDocument } from './document.ts'
import { MEMBER_MS } from './link.ts'
import { ALL_LEDGERS, hostOfLedger, redisNames } from './names.ts'

/** What machines know together of a portal. */
export interface SharedLimits {
  readonly host: string
  readonly document: LedgerDocument
  /** Names of the machines on which programs run that share it. */
  readonly machines: readonly string[]
}

/** Looks at what Redis holds of this portal, or of all; changes nothing. @throws whatever the package or the system says */
export async function lookAtRedis(server: RedisServer, host?: string): Promise<SharedLimits[]> {
  const client = await connectRedis(server)
  try {
    const hosts = host === undefined ? await hostsIn(client) : [host]
    const found = []
    for (const one of hosts.sort()) found.push(await lookAt(client, one))
    return found
  } finally {
    letGo(client)
  }
}

async function hostsIn(client: Redis): Promise<string[]> {
  const hosts = new Set<string>()
  let cursor = '0'
  do {
    const [next, names] = await client.scan(cursor, 'MATCH', ALL_LEDGERS, 'COUNT', 1000)
    for (const name of names) hosts.add(hostOfLedger(name))
    cursor = next
  } while (cursor !== '0')
  return [...hosts]
}

async function lookAt(client: Redis, host: string): Promise<SharedLimits> {
  const ledger = new RedisDocument(client, host)
  await ledger.read()
  const { machines, bucketSettings } = redisNames(host)
  const [seconds, micros] = await client.time()
  const now = Number(seconds) * 1000 + Number(micros) / 1000
  const members = await client.zrange(machines, now - MEMBER_MS, '+inf', 'BYSCORE')
  const bucket = bucketFrom(await client.hgetall(bucketSettings), ledger.seen.bucket, now)
  return {
    host,
    document: { ...ledger.seen, bucket },
    machines: members.map((member) => member.slice(member.indexOf(' ') + 1)).sort(),
  }
}

/** The bucket as Bottleneck keeps it, with the places that have come back since it was changed. */
function bucketFrom(
  settings: Readonly<Record<string, string>>,
  { refusals }: BucketState,
  now: number,
): BucketState {
  const figure = (name: string): number => Number(settings[name] ?? '0')
  const places = figure('reservoirIncreaseMaximum')
  const everyMs = figure('reservoirIncreaseInterval')
  const perSecond = everyMs > 0 ? (figure('reservoirIncreaseAmount') / everyMs) * 1000 : 0
  const since = Math.max(0, now - figure('lastReservoirIncrease')) / 1000
  const free = Math.min(places, figure('reservoir') + since * perSecond)
  return { level: Math.max(0, places - free), at: Date.now(), refusals, places, perSecond }
}
