import type { JsonText } from './json-text.ts'

/** Parameters of a call, in the portal's own names: `{ filter: { '>ID': '5' }, select: ['ID'] }`. */
export type ParamValue = string | number | boolean | null | readonly ParamValue[] | ParamMap
export interface ParamMap {
  readonly [key: string]: ParamValue
}
export type Params = ParamMap

/** The two protocols of a portal: `/rest/` and REST 3.0 at `/rest/api/`. A method of the same name is another one there. */
export type ApiVersion = 'v2' | 'v3'

/** One entry of a batch, or a call of its own. */
export interface Command {
  readonly method: string
  readonly params: Params
  /** `v2` if left out. */
  readonly api?: ApiVersion | undefined
  readonly idempotency?: IdempotencyKey | undefined
}

/** In REST 3.0 the portal carries out a write with a key once, however often it comes within 24 hours. */
export interface IdempotencyKey {
  readonly key: string
  /** Unix ms from which on the portal may have forgotten the key. */
  readonly validUntil: number
}

/** A command with the name under which its answer comes back and `$result[name]` finds it. */
export interface NamedCommand extends Command {
  readonly name: string
}

/** What the portal says about the time a call took. Any of it may be missing (facts: batches, boxes, errors). */
export interface PortalTime {
  /** Seconds that this call ran. */
  readonly durationSeconds?: number
  /** Seconds that this method ran in the last ten minutes: a sum, not the cost of this call. */
  readonly operatingSeconds?: number
  /** Unix seconds at which the oldest minute leaves that sum. */
  readonly operatingResetAt?: number
  /** When the call began, by the portal's clock: `2026-11-23T18:44:21+03:00`. */
  readonly startedAt?: string
}

/** A good answer. `result` is text still; `total` and `next` are there only if the method set them. */
export interface Reply {
  readonly result: JsonText
  readonly total?: number
  readonly next?: number
  readonly time: PortalTime
  /** The same as the portal sent it. */
  readonly timeText?: JsonText
  /** The answer is that of an earlier call with the same key, and nothing was carried out this time. */
  readonly isReplayed?: true
}

/** What REST 3.0 has against a field of a request. */
export interface FieldFault {
  readonly field: string
  readonly message: string
}

/** The portal said no, in its own words; the code may be empty. */
export interface Refusal {
  readonly apiCode: string
  readonly description: string
  readonly validation?: readonly FieldFault[]
}

/** What became of one command of a batch. `absent`: in no container, so nobody knows whether it ran. */
export type Outcome =
  | { readonly kind: 'done'; readonly reply: Reply }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'absent' }

/** The answer to a batch: one outcome for each command, in the order of the commands. */
export interface BatchReply {
  readonly outcomes: readonly Outcome[]
  readonly time: PortalTime
  /** From sending the request to the first of its answer, to all of it, and how long it had to wait for the limits before. */
  readonly firstByteMs?: number
  readonly elapsedMs?: number
  readonly waitedMs?: number
}
