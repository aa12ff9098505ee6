import { RefusalError, TransportError } from '../errors.ts'
import { batchSeconds } from '../protocol/batch.ts'
import { failureOf } from '../protocol/failures.ts'
import type { BatchReply, NamedCommand, PortalTime, Reply } from '../protocol/types.ts'
import { NO_USAGE, type Usage } from './gate.ts'

/** The method name to which some portals bill a batch as a whole. */
export const BATCH_METHOD = 'batch'

type Counters = Map<string, { operatingSeconds: number; operatingResetAt: number | undefined }>

/** What one call cost its method, by the portal's own word. */
export function usageOfCall(method: string, { time }: Reply): Usage {
  const counters: Counters = new Map()
  keepLatest(counters, method, time)
  return { ...NO_USAGE, billed: new Map([[method, time.durationSeconds ?? 0]]), counters, isDirect: true }
}

/**
 * What a batch cost. Portals bill it to the commands' methods, to `batch`, or to both, and say so by their counters:
 * the last count of each is kept, since the oldest minute may leave it in between, and what was billed goes to the
 * commands' methods.
 */
export function usageOfBatch(commands: readonly NamedCommand[], reply: BatchReply): Usage {
  const counters: Counters = new Map()
  const billed = new Map<string, number>()
  const blocked = new Set<string>()
  keepLatest(counters, BATCH_METHOD, reply.time)
  for (const [index, outcome] of reply.outcomes.entries()) {
    const method = commands[index]?.method ?? ''
    if (outcome.kind === 'done') {
      keepLatest(counters, method, outcome.reply.time)
      billed.set(method, (billed.get(method) ?? 0) + (outcome.reply.time.durationSeconds ?? 0))
    } else if (outcome.kind === 'refused' && failureOf(outcome.refusal, undefined).kind === 'operating') {
      blocked.add(method)
    }
  }
  const [only] = billed.keys()
  if (billed.size === 1 && only !== undefined && billed.get(only) === 0) billed.set(only, batchSeconds(reply))
  return { ...NO_USAGE, billed, counters, blocked: [...blocked] }
}

/** How many commands of a batch were carried out, by their method. */
export function doneInBatch(
  commands: readonly NamedCommand[],
  { outcomes }: BatchReply,
): Map<string, number> {
  const done = new Map<string, number>()
  for (const [index, { kind }] of outcomes.entries()) {
    const method = commands[index]?.method ?? ''
    if (kind === 'done') done.set(method, (done.get(method) ?? 0) + 1)
  }
  return done
}

/**
 * What a failed request says about the limits; `methods` are those that it was to be billed to. Work whose answer was
 * lost may have been done and billed all the same.
 */
export function usageOfFailure(error: unknown, methods: readonly string[], expectedSeconds: number): Usage {
  if (error instanceof TransportError && error.executed === 'unknown') {
    return { ...NO_USAGE, billed: new Map(methods.slice(0, 1).map((method) => [method, expectedSeconds])) }
  }
  if (!(error instanceof RefusalError)) return NO_USAGE
  const { kind } = failureOf(error.refusal, error.refusal.status)
  return { ...NO_USAGE, isBucketFull: kind === 'bucket', blocked: kind === 'operating' ? methods : [] }
}

function keepLatest(counters: Counters, method: string, time: PortalTime): void {
  const { operatingSeconds, operatingResetAt } = time
  if (operatingSeconds !== undefined) counters.set(method, { operatingSeconds, operatingResetAt })
}
