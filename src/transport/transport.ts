import type { Secret } from '../lib/secret.ts'

/** A call as it goes on the wire: always a POST. The URL is secret, since webhooks carry their code in it. */
export interface WireCall {
  readonly url: Secret
  readonly headers: Readonly<Record<string, Secret>>
  /** JSON, unless there is a form. */
  readonly body: string
  /** Put into the body when it is sent, which then is an object of JSON. */
  readonly fields?: Readonly<Record<string, Secret>> | undefined
  /** Sent as a form in the place of the body. */
  readonly form?: Readonly<Record<string, Secret>> | undefined
  /** For error messages: who is asked for what. */
  readonly host: string
  readonly method: string
  /** Told when the first of a good answer is there: the portal has done its work, the rest is on the way. */
  readonly onAnswering?: (() => void) | undefined
}

/** A whole answer, unpacked. */
export interface WireAnswer {
  readonly status: number
  /** Bytes of the body as JSON text; gzip is undone. */
  readonly body: Buffer
  /** Bytes of the body as it came, packed if it was; `undefined`: as many as `body` has. */
  readonly wireBytes?: number
  /** Where the portal points to, if it does. */
  readonly location: string | undefined
  /** For those who show an answer as it came. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  /** From sending the call to the first of the answer, and to all of it. */
  readonly firstByteMs?: number
  readonly elapsedMs: number
}

/**
 * Puts one call on the wire and brings the whole answer back, whatever its status; follows no redirects.
 *
 * @throws TransportError if there is no whole answer; the reason of `signal` if that fires
 */
export type Transport = (call: WireCall, signal: AbortSignal) => Promise<WireAnswer>
