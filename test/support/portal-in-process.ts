import type { Credential } from '../../src/auth/credential.ts'
import { webhookCredential } from '../../src/auth/webhook.ts'
import type { Caller } from '../../src/engine/caller.ts'
import { openEngine } from '../../src/engine/engine.ts'
import type { EventListener, RunEvent } from '../../src/engine/events.ts'
import type { Ledger } from '../../src/engine/ledger/ledger.ts'
import { TransportError } from '../../src/errors.ts'
import { Secret } from '../../src/lib/secret.ts'
import { sleep } from '../../src/lib/sleep.ts'
import { limitsFor, type Plan } from '../../src/protocol/limits.ts'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { wireBody } from '../../src/transport/wire-body.ts'
import { type LoggedWrite, writesIn } from '../bench/write-log.ts'

export interface PortalUnderTest {
  readonly portal: Portal
  readonly caller: Caller
  readonly events: RunEvent[]
  /** Ids of all rows that a list should give, ascending; with `throughout` those that were never touched. */
  readonly truth: (method?: string, query?: string) => Promise<string[]>
  /** What was written so far, in the order in which it was. */
  readonly writes: () => Promise<LoggedWrite[]>
}

export interface TestOptions {
  readonly plan?: Plan
  readonly retries?: number
  readonly maxWaitMs?: number
  readonly timeoutMs?: number
  /** Uses the webhook without rights. */
  readonly isScopeless?: boolean
  /** Told of what the engine reports, when it does. */
  readonly onEvent?: EventListener
  /** What this program shares with others. */
  readonly ledger?: Ledger
  /** Another program at the same portal. */
  readonly beside?: PortalUnderTest
  /** Another way in than a webhook of the portal, which is this one. */
  readonly as?: { readonly portal: Portal; readonly credential: Credential }
}

/**
 * A sandbox portal and an engine that talks to it without sockets, so that both live in the same (virtual) time.
 */
export function portalInProcess(
  settings: Readonly<Record<string, string | readonly string[]>> = {},
  {
    plan = 'box',
    retries = 5,
    maxWaitMs = 900_000,
    timeoutMs = 75_000,
    isScopeless = false,
    onEvent = () => undefined,
    ledger,
    beside,
    as,
  }: TestOptions = {},
): PortalUnderTest {
  const portal = as?.portal ?? beside?.portal ?? new Portal(sandboxSettings({ plan, ...settings }))
  const events: RunEvent[] = []
  const address = isScopeless ? portal.scopelessPath : portal.webhookPath
  const credential = as?.credential ?? webhookCredential(new Secret(`http://127.0.0.1:1${address}`))
  const caller = openEngine({
    credential,
    limits: limitsFor(credential.host, { plan }),
    retries,
    maxWaitMs,
    onEvent(event) {
      events.push(event)
      onEvent(event)
    },
    transport: transportTo(portal, timeoutMs),
    ledger,
  })
  const inside = async (path: string): Promise<string> => {
    const request = { method: 'GET', path: `/_sandbox/${path}`, headers: {}, body: Buffer.alloc(0) }
    return (await portal.handle(request)).body.toString()
  }
  return {
    portal,
    caller,
    events,
    async truth(method = 'crm.deal.list', query = '') {
      return (await inside(`truth?method=${method}&only=ids${query}`)).split('\n').filter(Boolean)
    },
    writes: async () => writesIn(await inside('log?kind=write')),
  }
}

function transportTo(portal: Portal, timeoutMs: number): Transport {
  return async (call, signal) => {
    const startedAt = Date.now()
    const path = new URL(call.url.reveal()).pathname
    const { contentType, body } = wireBody(call)
    const headers: Record<string, string> = { 'content-type': contentType }
    for (const [name, value] of Object.entries(call.headers)) headers[name] = value.reveal()
    const over = new AbortController()
    const answered = portal.handle({ method: 'POST', path, headers, body: Buffer.from(body) })
    const late = sleep(timeoutMs, AbortSignal.any([signal, over.signal])).then(() => undefined)
    try {
      const answer = await Promise.race([answered, late])
      if (answer?.wire === 'hang') await late
      const elapsedMs = Date.now() - startedAt
      if (answer === undefined || answer.wire === 'hang')
        throw new TransportError('timeout', 'no answer', { executed: 'unknown', elapsedMs })
      if (answer.wire !== undefined)
        throw new TransportError('reset', answer.wire, { executed: 'unknown', elapsedMs })
      if (answer.status === 200) call.onAnswering?.()
      const { status, body, headers } = answer
      return { status, body, headers, location: headers['location'], elapsedMs }
    } finally {
      over.abort()
      late.catch(() => undefined)
    }
  }
}
