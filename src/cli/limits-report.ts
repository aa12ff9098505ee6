import { levelAt } from '../engine/ledger/level.ts'
import type { LedgerDocument } from '../engine/ledger/document.ts'
import { OperatingWindow } from '../engine/operating.ts'
import { clock, timeSpan, WAITING_FOR } from '../progress/texts.ts'
import { cleanText } from './clean-text.ts'

/** What the ledger knows of a portal, as `bx24 limits --json` shows it. Times are in ISO 8601, UTC. */
export interface PortalLimits {
  readonly portal: string
  /** On which programs run that share it over Redis; `null` if it is that of this machine alone. */
  readonly machines: readonly string[] | null
  /** `null` if no requests were counted yet. */
  readonly requests: {
    /** Requests in the bucket now. */
    readonly level: number
    readonly places: number
    readonly perSecond: number
    /** That may be sent at once. */
    readonly free: number
    /** When the next may be sent, if none may now. */
    readonly nextAt: string | null
    /** How often the portal has refused one. */
    readonly refusals: number
  } | null
  readonly methods: readonly MethodLimits[]
  readonly waiting: readonly WaitingProgram[]
}

export interface MethodLimits {
  readonly method: string
  /** Tells the webhooks of a portal apart, and shows nothing of them. */
  readonly webhook: string
  /** Seconds of the last ten minutes. */
  readonly operatingSeconds: number
  /** Whether the portal says so itself, or it is what its answers took. */
  readonly source: 'portal' | 'answers'
  /** Seconds that are expected of requests in flight. */
  readonly inFlightSeconds: number
  readonly blockedUntil: string | null
  /** When the first of it is forgotten by the portal, which is when a ban would be over. */
  readonly freedAt: string | null
}

export interface WaitingProgram {
  readonly who: string
  readonly method: string
  readonly for: 'bucket' | 'operating'
  readonly since: string
  readonly until: string
}

export function portalLimits(
  portal: string,
  ledger: LedgerDocument,
  now: number,
  machines: readonly string[] | null = null,
): PortalLimits {
  return {
    portal,
    machines,
    requests: requestLimits(ledger.bucket, now),
    methods: Object.entries(ledger.methods)
      .map(([key, state]): MethodLimits => {
        const [webhook = '', method = ''] = key.split(' ')
        const facts = new OperatingWindow(Infinity, state).facts(now)
        return {
          method,
          webhook,
          operatingSeconds: rounded(facts.countedSeconds),
          source: facts.isPortalsWord ? 'portal' : 'answers',
          inFlightSeconds: rounded(facts.inFlightSeconds),
          blockedUntil: isoTime(facts.blockedUntil),
          freedAt: isoTime(facts.freedAt),
        }
      })
      .sort((left, right) => right.operatingSeconds - left.operatingSeconds),
    waiting: Object.values(ledger.waiting)
      .filter(({ until }) => until >= now)
      .sort((left, right) => left.since - right.since)
      .map(({ who, method, reason, since, until }) => ({
        who,
        method,
        for: reason,
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
      })),
  }
}

function requestLimits(bucket: LedgerDocument['bucket'], now: number): PortalLimits['requests'] {
  const { places, perSecond, refusals } = bucket
  if (places <= 0 || perSecond <= 0) return null
  const level = levelAt(bucket, { perSecond }, now)
  const free = Math.max(0, Math.floor(places - level))
  const nextMs = ((level + 1 - places) / perSecond) * 1000
  return {
    level: rounded(level),
    places,
    perSecond,
    free,
    nextAt: free > 0 ? null : new Date(now + nextMs).toISOString(),
    refusals,
  }
}

/** The same for people. `allowedSeconds` is what the plan gives a method; `Infinity` if nothing bounds it. */
export function limitsText(portals: readonly PortalLimits[], allowedSeconds: number, now: number): string {
  const blocks = portals.map(({ portal, machines, requests, methods, waiting }) => [
    cleanText(portal),
    ...(machines === null ? [] : [`  Machines: ${machinesText(machines)}`]),
    `  Requests: ${requestsText(requests, now)}`,
    ...methodLines(methods, allowedSeconds, now),
    ...waitingLines(waiting, now),
  ])
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

function machinesText(machines: readonly string[]): string {
  if (machines.length === 0) return 'none was there in the last ten seconds.'
  return `${machines.length} in the last ten seconds: ${machines.map(cleanText).join(', ')}.`
}

function requestsText(requests: PortalLimits['requests'], now: number): string {
  if (requests === null) return 'none were counted.'
  const { level, places, perSecond, free, nextAt, refusals } = requests
  const next =
    nextAt === null
      ? `${free} may go at once, then ${perSecond} a second.`
      : `the next may go in ${timeSpan(Date.parse(nextAt) - now)}.`
  const refused = refusals === 0 ? '' : ` The portal has refused ${refusals}.`
  return `${Math.ceil(level)} of ${places} places are taken; ${next}${refused}`
}

function methodLines(methods: readonly MethodLimits[], allowedSeconds: number, now: number): string[] {
  if (methods.length === 0) return ['  Operating time: none was counted.']
  const of = Number.isFinite(allowedSeconds) ? `, of ${allowedSeconds} s` : ''
  const rows = methods.map(
    ({ method, webhook, operatingSeconds, inFlightSeconds, blockedUntil, freedAt }) => [
      cleanText(method),
      cleanText(webhook),
      `${operatingSeconds.toFixed(1)} s`,
      `${inFlightSeconds.toFixed(1)} s`,
      blockedUntil !== null
        ? `blocked until ${momentText(blockedUntil, now)}`
        : freedAt !== null
          ? momentText(freedAt, now)
          : '-',
    ],
  )
  const table = [['METHOD', 'WEBHOOK', 'USED', 'IN FLIGHT', 'A BAN WOULD END'], ...rows]
  const widths = [0, 1, 2, 3].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)))
  const lines = table.map((row) => `    ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`)
  return [`  Operating time in the last ten minutes${of}:`, ...lines.map((line) => line.trimEnd())]
}

function waitingLines(waiting: readonly WaitingProgram[], now: number): string[] {
  if (waiting.length === 0) return ['  Nobody waits.']
  const lines = waiting.map(
    ({ who, method, for: reason, until }) =>
      `    ${cleanText(who)}: waits for ${WAITING_FOR[reason]} until ${momentText(until, now)} (${cleanText(method)})`,
  )
  return ['  Waiting:', ...lines]
}

function momentText(moment: string, now: number): string {
  const at = Date.parse(moment)
  return `${clock(at)} (in ${timeSpan(Math.max(0, at - now))})`
}

function isoTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
