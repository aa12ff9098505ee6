import type { Authorisation, Credential } from '../auth/credential.ts'
import { batchParams, batchSeconds, readBatch } from '../protocol/batch.ts'
import { type Envelope, readAnyEnvelope, readEnvelope } from '../protocol/envelope.ts'
import { isCertainlyNotRun } from '../protocol/failures.ts'
import { isRead } from '../protocol/methods.ts'
import { redact, secretsInUrl } from '../protocol/redact.ts'
import type { BatchReply, Reply } from '../protocol/types.ts'
import type { Transport } from '../transport/transport.ts'
import type { CallOptions, Engine } from './caller.ts'
import { type Gate, type GateOptions, openGate, type Usage } from './gate.ts'
import { PortalRoute } from './portal-route.ts'
import { answerOf } from './raw.ts'
import { isMove, isRedirect, PortalMovedError, readAnswer } from './read-answer.ts'
import { type CallFacts, retrying } from './retry.ts'
import { Turns } from './turns.ts'
import { BATCH_METHOD, doneInBatch, usageOfBatch, usageOfCall, usageOfFailure } from './usage.ts'

export interface EngineOptions extends GateOptions {
  readonly credential: Credential
  /** Further attempts after a passing failure; 0 for none. */
  readonly retries: number
  readonly transport: Transport
}

/**
 * Calls that succeed within the limits: every attempt waits at the gate, goes over the transport, and is read as a
 * portal's answer; passing failures start over outside the gate, so that each attempt pays the bucket again.
 */
export function openEngine(options: EngineOptions): Engine {
  const gate = openGate(options)
  const turns = new Turns()
  const route = new PortalRoute((from, to) => options.onEvent({ type: 'moved', from, to }))

  /** Sends `method`, as often as it takes, and reads the reply with `read`, which also tells what it cost. */
  async function send<T>(
    request: WireRequest,
    facts: CallFacts,
    callOptions: CallOptions,
    read: ReadReply<T>,
    transport = options.transport,
  ): Promise<T> {
    let used: Authorisation | undefined
    const onAuthorised = (authorisation: Authorisation): void => {
      used = authorisation
    }
    const once = (limitedSince: number | undefined): Promise<T> =>
      attemptOnce(
        { ...options, transport },
        { gate, turns, route, onAuthorised },
        request,
        { ...callOptions, limitedSince },
        read,
      )
    const attempt = (limitedSince: number | undefined): Promise<T> =>
      once(limitedSince).catch((error: unknown) => {
        if (!(error instanceof PortalMovedError) || !error.isFollowed) throw error
        return once(limitedSince)
      })
    const { credential } = options
    const { retries = options.retries, signal } = callOptions
    const renew =
      credential.renew === undefined
        ? undefined
        : async (): Promise<void> => {
            if (used !== undefined) await credential.renew?.(used, signal)
          }
    return retrying(attempt, facts, { ...options, retries, renew }, signal)
  }

  /** Sends one call, not a batch of them. */
  function sendOne(
    method: string,
    body: string,
    callOptions: CallOptions,
    envelope: (body: Buffer) => Envelope,
    transport?: Transport,
  ): Promise<Reply> {
    const names = { method, label: method, counted: method }
    const request = { ...names, body, billedTo: [method], commands: 1, envelope }
    const isRepeatable = callOptions.isRepeatable === true || isRead(method)
    const facts = { method, isRepeatable, canShrink: false, onTrouble: callOptions.onTrouble }
    const read = (reply: Reply): Charged<Reply> => ({
      value: reply,
      usage: usageOfCall(method, reply),
      portalSeconds: reply.time.durationSeconds ?? 0,
      done: new Map([[method, 1]]),
    })
    return send(request, facts, callOptions, read, transport)
  }

  return {
    bucket: gate.bucket,
    close: gate.close,

    secondsLeft(method, askedSeconds) {
      return gate.secondsLeft(options.credential.identity, [method, BATCH_METHOD], askedSeconds)
    },

    call({ method, params }, callOptions) {
      return sendOne(method, JSON.stringify(params), callOptions, readEnvelope)
    },

    raw(method, body, callOptions) {
      return answerOf(
        (transport) => sendOne(method, body, callOptions, readAnyEnvelope, transport),
        options.transport,
        callOptions.signal,
      )
    },

    batch(commands, callOptions) {
      const methods = [...new Set(commands.map(({ method }) => method))]
      const label = commands[0]?.method ?? BATCH_METHOD
      const request = {
        method: BATCH_METHOD,
        label,
        counted: methods.length === 1 ? label : BATCH_METHOD,
        body: JSON.stringify(batchParams(commands, callOptions.halts)),
        billedTo: [...methods, BATCH_METHOD],
        commands: commands.length,
        envelope: readEnvelope,
      }
      const isRepeatable = callOptions.isRepeatable === true || methods.every(isRead)
      const canShrink = commands.length > 1
      const facts = { method: label, isRepeatable, canShrink, onTrouble: callOptions.onTrouble }
      return send(request, facts, callOptions, (reply, { hide, ...times }) => {
        const batch = { ...withoutSecrets(readBatch(reply, commands), hide), ...times }
        return {
          value: batch,
          usage: usageOfBatch(commands, batch),
          portalSeconds: batchSeconds(batch),
          done: doneInBatch(commands, batch),
        }
      })
    },
  }
}

interface WireRequest {
  /** The method in the address: `batch`, or the method itself. */
  readonly method: string
  /** The method to speak of in messages. */
  readonly label: string
  /** The method that events speak of: `batch` if the commands are of several. */
  readonly counted: string
  /** JSON. */
  readonly body: string
  readonly billedTo: readonly string[]
  readonly commands: number
  /** Reads the body of an answer that is no failure by its status. */
  readonly envelope: (body: Buffer) => Envelope
}

/** What was read of a reply, and what it cost. */
interface Charged<T> {
  readonly value: T
  readonly usage: Usage
  readonly portalSeconds: number
  /** Commands that were carried out, by their method. */
  readonly done: ReadonlyMap<string, number>
}

/** What is known of an attempt besides the reply. */
interface AttemptFacts {
  /** Takes secrets out of what the portal says. */
  readonly hide: (text: string) => string
  /** From sending to the first of the answer, to all of it, and at the gate before that. */
  readonly firstByteMs: number
  readonly elapsedMs: number
  readonly waitedMs: number
}

type ReadReply<T> = (reply: Reply, facts: AttemptFacts) => Charged<T>

interface AttemptSurroundings {
  readonly gate: Gate
  readonly turns: Turns
  readonly route: PortalRoute
  /** Told what the attempt is let in with. */
  readonly onAuthorised: (authorisation: Authorisation) => void
}

/** One attempt: through the gate, over the wire, and read. */
async function attemptOnce<T>(
  { credential, transport, onEvent }: EngineOptions,
  { gate, turns, route, onAuthorised }: AttemptSurroundings,
  request: WireRequest,
  {
    signal,
    expectedSeconds,
    limitedSince,
    onDoubt,
    onAnswering,
  }: CallOptions & { limitedSince: number | undefined },
  read: ReadReply<T>,
): Promise<T> {
  const { method, label, counted, body: requestBody, billedTo, commands, envelope } = request
  const { host, identity } = credential
  const askedAt = Date.now()
  const permit = await gate.acquire(
    { host, credential: identity, methods: billedTo, expectedSeconds, limitedSince },
    signal,
  )
  const waitedMs = Date.now() - askedAt
  let sentAt: number | undefined
  try {
    const authorisation = await credential.authorise(method, requestBody, signal)
    onAuthorised(authorisation)
    const url = route.towards(authorisation.url)
    sentAt = Date.now()
    onEvent({ type: 'sent', method: counted, commands, bytes: Buffer.byteLength(requestBody) })
    onDoubt?.(true)
    const wire = { ...authorisation, url, body: requestBody, host, method: label, onAnswering }
    const answer = await transport(wire, signal)
    await turns.next()
    // Portals have been seen to quote the address that they were asked at.
    const secrets = secretsOf(authorisation)
    const hide = (text: string): string => redact(text, secrets)
    const { status, location, elapsedMs, firstByteMs = elapsedMs, body, wireBytes = body.length } = answer
    const facts = { hide, firstByteMs, elapsedMs, waitedMs }
    if (isRedirect(status))
      throw new PortalMovedError(host, location, isMove(status) && route.follows(url, location))
    const { value, usage, portalSeconds, done } = readAnswer(
      answer,
      { host, method: label, envelope, hide },
      (reply) => read(reply, facts),
    )
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

function secretsOf({ url, headers, fields = {} }: Authorisation): string[] {
  const values = [...Object.values(headers), ...Object.values(fields)].map((secret) => secret.reveal())
  // A token is a secret without the word in front of it, too.
  return [...secretsInUrl(url.reveal()), ...values, ...values.map((value) => value.replace(/^Bearer /, ''))]
}

function withoutSecrets(reply: BatchReply, hide: (text: string) => string): BatchReply {
  const outcomes = reply.outcomes.map((outcome) => {
    if (outcome.kind !== 'refused') return outcome
    const { apiCode, description } = outcome.refusal
    return { ...outcome, refusal: { apiCode: hide(apiCode), description: hide(description) } }
  })
  return { ...reply, outcomes }
}
