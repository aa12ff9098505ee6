import type { RawAnswer, RawCaller } from '../engine/caller.ts'
import type { Bx24Error } from '../errors.ts'
import { checkedBody } from '../operations/raw-body.ts'
import { rawKind } from '../operations/raw-kind.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { checkedApi, checkMethod } from './method-name.ts'
import { checkedFlag, checkSignal, refuseUnknown } from './options.ts'
import { type CallParams, type CallValue, plainBody } from './parameters.ts'

export interface RawOptions {
  /** `v3` for REST 3.0; the API that has the method if left out. */
  readonly api?: ApiVersion | undefined
  /** Doing it twice does no harm: it is sent again if it was not answered. */
  readonly idempotent?: boolean | undefined
  /** Any answer is given, also one that stands for an error; nothing is thrown as long as there is one. */
  readonly acceptErrors?: boolean | undefined
  /** Breaks the request off; what it was aborted with is thrown. A change may have been carried out then. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: readonly (keyof RawOptions)[] = ['api', 'idempotent', 'acceptErrors', 'signal']

/** What is sent: parameters, parameters by position, or JSON that goes out as it is. */
export type RawBody = CallParams | readonly CallValue[] | string

/** What the portal answered, untouched. */
export interface RawResponse {
  /** HTTP status. */
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as text. */
  readonly body: string
  /** What the answer stands for, if that is an error; never set without `acceptErrors`. */
  readonly error: Bx24Error | undefined
  /** The body, parsed. @throws SyntaxError if it is not JSON */
  readonly json: () => unknown
}

/** Seconds of the portal that are set aside for a call of which nothing is known. */
const EXPECTED_SECONDS = 1

export type RawSend = (caller: RawCaller, signal: AbortSignal) => Promise<RawResponse>

/** One request. @throws UsageError at once for what cannot be right */
export function rawSend(method: string, body: RawBody, options: RawOptions): RawSend {
  checkMethod(method)
  refuseUnknown(options, OPTIONS)
  checkSignal(options)
  const api = checkedApi(options, method)
  const isIdempotent = checkedFlag(options, 'idempotent')
  const acceptsErrors = checkedFlag(options, 'acceptErrors')
  const json = bodyText(body)
  const isRepeatable = isIdempotent || rawKind(method, json).kind === 'read'
  return async (caller, signal) => {
    const answer = await caller.raw(method, json.bytes.toString(), {
      api,
      signal,
      expectedSeconds: EXPECTED_SECONDS,
      isRepeatable,
    })
    if (answer.error !== undefined && !acceptsErrors) throw answer.error
    return responseOf(answer)
  }
}

function bodyText(body: unknown): ReturnType<typeof checkedBody> {
  const text = typeof body === 'string' ? body : JSON.stringify(plainBody(body))
  return checkedBody(Buffer.from(text), 'The body')
}

function responseOf({ status, headers, body, error }: RawAnswer): RawResponse {
  const text = body.toString()
  return { status, headers, body: text, error, json: () => JSON.parse(text) as unknown }
}
