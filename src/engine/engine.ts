import type { Authorisation, Credential } from '../auth/credential.ts'
import { Secret } from '../lib/secret.ts'
import { batchParams, batchSeconds, readBatch } from '../protocol/batch.ts'
import { batchBodyV3, readBatchV3 } from '../protocol/batch-v3.ts'
import { type Envelope, readAnyEnvelope, readEnvelope } from '../protocol/envelope.ts'
import { isRepeatable } from '../protocol/idempotency.ts'
import { isRead } from '../protocol/methods/reads.ts'
import type { Command, Reply } from '../protocol/types.ts'
import type { Transport } from '../transport/transport.ts'
import { attemptOnce, type AttemptFacts, type Charged, type ReadReply, type WireRequest } from './attempt.ts'
import { Breaker } from './breaker.ts'
import type { CallOptions, Engine } from './caller.ts'
import { type Demand, type GateOptions, NO_USAGE, openGate, type Permit } from './gate.ts'
import { hear, lookAt } from './look.ts'
import { patienceMs } from './outage.ts'
import { PortalRoute } from './portal-route.ts'
import { answerOf } from './raw.ts'
import { PortalMovedError } from './read-answer.ts'
import { type CallFacts, retrying } from './retry.ts'
import { withoutSecrets } from './secrets.ts'
import { Turns } from './turns.ts'
import { BATCH_METHOD, doneInBatch, usageOfBatch, usageOfCall } from './usage.ts'

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
  const breaker = new Breaker({
    host: options.credential.host,
    patienceMs: patienceMs(options.retries, options.maxWaitMs),
    look: (signal) =>
      lookAt({ ...options, turns, route, enter: (demand, until) => gate.acquire(demand, until) }, signal),
    onEvent: options.onEvent,
  })
  const policy = { ...options, isDown: () => breaker.isOpen }

  /** Waits until the portal is up and its limits let the request through. */
  async function enter(demand: Demand, signal: AbortSignal, onOutageOver?: () => void): Promise<Permit> {
    const [method = ''] = demand.methods
    for (;;) {
      if (await breaker.pass(method, signal)) onOutageOver?.()
      const permit = await gate.acquire(demand, signal)
      if (!breaker.isOpen) return permit
      await permit.report(NO_USAGE)
    }
  }

  /** Sends `method`, as often as it takes, and reads the reply with `read`, which also tells what it cost. */
  async function send<T>(
    request: WireRequest,
    facts: CallFacts,
    callOptions: CallOptions,
    read: ReadReply<T>,
    transport = options.transport,
  ): Promise<T> {
    const { retries = options.retries, signal, onOutageOver } = callOptions
    const { credential, onEvent } = options
    let used: Authorisation | undefined
    const means = {
      ...{ credential, transport, onEvent, turns, route },
      onAuthorised: (authorisation: Authorisation): void => {
        used = authorisation
      },
      enter: (demand: Demand): Promise<Permit> => enter(demand, signal, onOutageOver),
    }
    const once = (limitedSince: number | undefined): Promise<T> =>
      attemptOnce(means, request, { ...callOptions, limitedSince }, read)
    const attempt = async (limitedSince: number | undefined): Promise<T> => {
      try {
        const value = await once(limitedSince).catch((error: unknown) => {
          if (!(error instanceof PortalMovedError) || !error.isFollowed) throw error
          return once(limitedSince)
        })
        breaker.answered()
        return value
      } catch (error) {
        hear(breaker, error, facts.isRepeatable)
        throw error
      }
    }
    const renew =
      credential.renew === undefined
        ? undefined
        : async (): Promise<void> => {
            if (used !== undefined) await credential.renew?.(used, signal)
          }
    return retrying(attempt, facts, { ...policy, retries, renew }, signal)
  }

  /** Sends one call, not a batch of them. */
  function sendOne(
    { method, api = 'v2', idempotency }: Omit<Command, 'params'>,
    body: string,
    callOptions: CallOptions,
    envelope: (body: Buffer) => Envelope,
    transport?: Transport,
  ): Promise<Reply> {
    const names = { api, method, label: method, counted: method }
    const headers = idempotency === undefined ? {} : { 'idempotency-key': new Secret(idempotency.key) }
    const request = { ...names, headers, body, billedTo: [method], commands: 1, envelope }
    const facts: CallFacts = {
      method,
      // A key may grow too old while the limits let nothing through.
      get isRepeatable() {
        return callOptions.isRepeatable === true || isRepeatable({ method, idempotency })
      },
      canShrink: false,
      onTrouble: callOptions.onTrouble,
    }
    const read = (reply: Reply, { isReplayed }: AttemptFacts): Charged<Reply> => ({
      value: isReplayed ? { ...reply, isReplayed } : reply,
      usage: isReplayed ? NO_USAGE : usageOfCall(method, reply),
      portalSeconds: isReplayed ? 0 : (reply.time.durationSeconds ?? 0),
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

    freeAt: (method, seconds) => gate.freeAt(options.credential.identity, method, seconds),

    call(command, callOptions) {
      return sendOne(command, JSON.stringify(command.params), callOptions, readEnvelope)
    },

    raw(method, body, callOptions) {
      return answerOf(
        (transport) =>
          sendOne({ method, api: callOptions.api }, body, callOptions, readAnyEnvelope, transport),
        options.transport,
        callOptions.signal,
      )
    },

    batch(commands, callOptions) {
      const methods = [...new Set(commands.map(({ method }) => method))]
      const label = commands[0]?.method ?? BATCH_METHOD
      const api = commands[0]?.api ?? 'v2'
      const isV3 = api === 'v3'
      const request = {
        api,
        headers: {},
        method: BATCH_METHOD,
        label,
        counted: methods.length === 1 ? label : BATCH_METHOD,
        body: isV3 ? batchBodyV3(commands) : JSON.stringify(batchParams(commands, callOptions.halts)),
        billedTo: [...methods, BATCH_METHOD],
        commands: commands.length,
        envelope: readEnvelope,
      }
      const isRepeatable = callOptions.isRepeatable === true || methods.every(isRead)
      const canShrink = commands.length > 1
      const facts = { method: label, isRepeatable, canShrink, onTrouble: callOptions.onTrouble }
      const readReply = isV3 ? readBatchV3 : readBatch
      return send(request, facts, callOptions, (reply, { hide, firstByteMs, elapsedMs, waitedMs }) => {
        const times = { firstByteMs, elapsedMs, waitedMs }
        const batch = { ...withoutSecrets(readReply(reply, commands), hide), ...times }
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
