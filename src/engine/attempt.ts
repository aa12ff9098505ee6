import type { Authorisation, Credential } from '../auth/credential.ts'
import { revealed, type Secret } from '../lib/secret.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { isCertainlyNotRun } from '../protocol/failures.ts'
import { redact, secretsOf } from '../protocol/redact.ts'
import type { ApiVersion, Reply } from '../protocol/types.ts'
import type { Transport } from '../transport/transport.ts'
import type { CallOptions } from './caller.ts'
import type { EventListener } from './events.ts'
import type { Demand, Permit, Usage } from './gate.ts'
import type { PortalRoute } from './portal-route.ts'
import { isMove, isRedirect, PortalMovedError, readAnswer } from './read-answer.ts'
import type { Turns } from './turns.ts'
import { usageOfFailure } from './usage.ts'

/** What a call looks like on its way to the wire. */
export interface WireRequest {
  readonly api: ApiVersion
  /** The method in the address: `batch`, or the method itself. */
  readonly method: string
  /** The method to speak of in messages. */
  readonly label: string
  /** The method that events speak of: `batch` if the commands are of several. */
  readonly counted: string
  /** Besides those that authorise. */
  readonly headers: Readonly<Record<string, Secret>>
  /** JSON. */
  readonly body: string
  readonly billedTo: readonly string[]
  readonly commands: number
  /** Reads the body of an answer that is no failure by its status. */
  readonly envelope: (body: Buffer) => Envelope
}

/** What was read of a reply, and what it cost. */
export interface Charged<T> {
  readonly value: T
  readonly usage: Usage
  readonly portalSeconds: number
  /** Commands that were carried out, by their method. */
  readonly done: ReadonlyMap<string, number>
}

/** What is known of an attempt besides the reply. */
export interface AttemptFacts {
  /** Takes secrets out of what the portal says. */
  readonly hide: (text: string) => string
  /** From sending to the first of the answer, to all of it, and at the gate before that. */
  readonly firstByteMs: number
  readonly elapsedMs: number
  readonly waitedMs: number
  /** The answer was kept by the portal from an earlier call with the same key. */
  readonly isReplayed: boolean
}

export type ReadReply<T> = (reply: Reply, facts: AttemptFacts) => Charged<T>

/** What an attempt is made with. */
export interface AttemptMeans {
  readonly credential: Credential
  readonly transport: Transport
  readonly onEvent: EventListener
  readonly turns: Turns
  readonly route: PortalRoute
  /** Told what lets an attempt in, before it is sent. */
  readonly onAuthorised?: ((authorisation: Authorisation) => void) | undefined
  /** Waits until the request may be sent. */
  readonly enter: (demand: Demand, signal: AbortSignal) => Promise<Permit>
}

export type AttemptOptions = CallOptions & Pick<Demand, 'limitedSince'>

/** One attempt: through the gate, over the wire, and read. @throws whatever keeps it from a good answer */
export async function attemptOnce<T>(
  { credential, transport, onEvent, turns, route, onAuthorised, enter }: AttemptMeans,
  request: WireRequest,
  { signal, expectedSeconds, limitedSince, onHeldBack, onDoubt, onAnswering }: AttemptOptions,
  read: ReadReply<T>,
): Promise<T> {
  const { api, method, label, counted, body: requestBody, billedTo, commands, envelope } = request
  const { host, identity } = credential
  const askedAt = Date.now()
  const permit = await enter(
    { host, credential: identity, methods: billedTo, expectedSeconds, limitedSince, onHeldBack },
    signal,
  )
  const waitedMs = Date.now() - askedAt
  let sentAt: number | undefined
  try {
    const authorisation = await credential.authorise(method, api, requestBody, signal)
    onAuthorised?.(authorisation)
    const url = route.towards(authorisation.url)
    sentAt = Date.now()
    onEvent({ type: 'sent', method: counted, commands, bytes: Buffer.byteLength(requestBody) })
    onDoubt?.(true)
    const headers = { ...request.headers, ...authorisation.headers }
    const wire = { ...authorisation, url, headers, body: requestBody, host, method: label, onAnswering }
    const answer = await transport(wire, signal)
    await turns.next()
    // Portals have been seen to quote the address that they were asked at.
    const { headers: opening, fields } = authorisation
    const secrets = secretsOf(authorisation.url.reveal(), revealed(opening, fields))
    const hide = (text: string): string => redact(text, secrets)
    const { status, location, elapsedMs, firstByteMs = elapsedMs, body, wireBytes = body.length } = answer
    const isReplayed = answer.headers?.['idempotent-replayed'] === 'true'
    const facts = { hide, firstByteMs, elapsedMs, waitedMs, isReplayed }
    if (isRedirect(status))
      throw new PortalMovedError(host, location, isMove(status) && route.follows(url, location))
    const reading = { host, method: label, envelope, hide }
    const { value, usage, portalSeconds, done } = readAnswer(answer, reading, (reply) => read(reply, facts))
    await permit.report(usage)
    onEvent({
      type: 'answered',
      method: counted,
      status,
      elapsedMs,
      bytes: body.length,
      wireBytes,
      done,
      portalSeconds,
      billed: usage.billed,
    })
    return value
  } catch (error) {
    if (sentAt !== undefined) {
      const elapsedMs = Date.now() - sentAt
      onEvent({ type: 'lost', method: counted, elapsedMs, isBrokenOff: signal.aborted })
    }
    if (isCertainlyNotRun(error)) onDoubt?.(false)
    await permit.report(usageOfFailure(error, billedTo, expectedSeconds))
    throw error
  }
}
