/** Everything in Redis is forgotten a day after its last use, as are the ledgers of machines. */
export const KEPT_MS = 24 * 3_600_000

const PREFIX = 'bx24:'
const LEDGER = ':ledger'

/** What is kept of a portal in Redis, by its host. */
export function redisNames(host: string): {
  /** A hash: the document as text, and what tells it from that before. */
  readonly ledger: string
  /** A sorted set: machines by when they were last seen. */
  readonly machines: string
  /** There for some seconds after the bucket was begun anew, so that only one program fills it. */
  readonly begun: string
  /** The bucket, as Bottleneck calls it. */
  readonly bucket: string
  /** Where Bottleneck keeps it. */
  readonly bucketSettings: string
} {
  const portal = `${PREFIX}${host.toLowerCase()}`
  return {
    ledger: `${portal}${LEDGER}`,
    machines: `${portal}:machines`,
    begun: `${portal}:begun`,
    bucket: portal,
    bucketSettings: `b_${portal}_settings`,
  }
}

/** What to search for to find all portals. */
export const ALL_LEDGERS = `${PREFIX}*${LEDGER}`

export function hostOfLedger(name: string): string {
  return name.slice(PREFIX.length, -LEDGER.length)
}
