import { newOperatingState, type OperatingState } from '../operating.ts'
import { emptyDocument, type LedgerDocument, type Machines, type Waiting } from './document.ts'

/** Of the text of a ledger. A program that finds a later one leaves it alone. */
const VERSION = 1

/** No figure of ours is as large, and with none so large sums go wrong. */
const LARGEST = 1e15

export function ledgerText(host: string, document: LedgerDocument): string {
  return `${JSON.stringify({ version: VERSION, host, ...document })}\n`
}

/** What a ledger says, as far as it makes sense: a wrong figure costs what it belongs to, and no more. */
export function readLedger(text: string): (LedgerDocument & { host: string }) | 'unreadable' | 'newer' {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return 'unreadable'
  }
  const given = fields(parsed)
  const { version, host } = given
  if (!isFigure(version) || typeof host !== 'string') return 'unreadable'
  if (version !== VERSION) return 'newer'
  const { level, at, refusals, places, perSecond } = fields(given['bucket'])
  const bucket = [level, at, refusals, places, perSecond].every(isFigure)
    ? ({ level, at, refusals, places, perSecond } as LedgerDocument['bucket'])
    : emptyDocument().bucket
  return {
    host,
    bucket,
    waiting: each(given['waiting'], readWaiting),
    methods: each(given['methods'], readState),
    machines: readMachines(fields(given['machines'])),
  }
}

function readMachines({ id, count, seenAt }: Fields): Machines | undefined {
  if (typeof id !== 'string' || !isFigure(count) || count < 1 || !isFigure(seenAt)) return undefined
  return { id, count, seenAt }
}

function readWaiting(given: Fields): Waiting | undefined {
  const { who, method, reason, since, until } = given
  if (typeof who !== 'string' || typeof method !== 'string' || !isFigure(since) || !isFigure(until))
    return undefined
  return reason === 'bucket' || reason === 'operating' ? { who, method, reason, since, until } : undefined
}

function readState(given: Fields): OperatingState | undefined {
  const { billRatio, workedSeconds, blockedUntil, isInDoubt, isInBatches, usedAt, resetAt } = given
  if (![billRatio, workedSeconds, blockedUntil, usedAt].every(isFigure)) return undefined
  if ((billRatio as number) <= 0) return undefined
  return {
    ...newOperatingState(),
    billRatio: billRatio as number,
    workedSeconds: workedSeconds as number,
    blockedUntil: blockedUntil as number,
    usedAt: usedAt as number,
    isInDoubt: isInDoubt === true,
    isInBatches: isInBatches === true,
    resetAt: isFigure(resetAt) ? resetAt : undefined,
    charges: readCharges(given['charges']),
    reserved: each(given['reserved'], ({ seconds, until }) =>
      isFigure(seconds) && isFigure(until) ? { seconds, until } : undefined,
    ),
    since: readSince(fields(given['since'])),
    observation: readObservation(fields(given['observation'])),
  }
}

function readCharges(given: unknown): OperatingState['charges'] {
  if (!Array.isArray(given)) return []
  return given.flatMap((one) => {
    const { seconds, since, expiresAt } = fields(one)
    return isFigure(seconds) && isFigure(since) && isFigure(expiresAt) ? [{ seconds, since, expiresAt }] : []
  })
}

function readSince({
  operatingSeconds,
  workedSeconds,
  inFlightSeconds,
  atSeconds,
}: Fields): OperatingState['since'] {
  return isFigure(operatingSeconds) &&
    isFigure(workedSeconds) &&
    isFigure(inFlightSeconds) &&
    isFigure(atSeconds)
    ? { operatingSeconds, workedSeconds, inFlightSeconds, atSeconds }
    : undefined
}

function readObservation(given: Fields): OperatingState['observation'] {
  const { operatingSeconds, resetAt, sinceSeconds, validUntil } = given
  if (!isFigure(operatingSeconds) || !isFigure(sinceSeconds) || !isFigure(validUntil)) return undefined
  return { operatingSeconds, sinceSeconds, validUntil, resetAt: isFigure(resetAt) ? resetAt : undefined }
}

type Fields = Readonly<Record<string, unknown>>

function fields(given: unknown): Fields {
  return typeof given === 'object' && given !== null ? (given as Fields) : {}
}

function each<T>(given: unknown, read: (one: Fields) => T | undefined): Record<string, T> {
  const found: Record<string, T> = {}
  for (const [key, one] of Object.entries(fields(given))) {
    const value = read(fields(one))
    if (value !== undefined) found[key] = value
  }
  return found
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < LARGEST
}
