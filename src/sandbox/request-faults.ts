import { type PortalAnswer, htmlAnswer, jsonAnswer, refusalValue, successJson, timeValue } from './answer.ts'
import { emptyContainers } from './batch.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { jsonBytes } from './php-json.ts'
import { Refusal } from './refusal.ts'
import { map } from './values.ts'

/** Faults that strike a request as a whole. */
type RequestFault = {
  [Name in FaultName]: (typeof FAULTS)[Name]['target'] extends 'request' | 'batch' ? Name : never
}[FaultName]

export function isRequestFault(name: FaultName): name is RequestFault {
  return FAULTS[name].target === 'request' || FAULTS[name].target === 'batch'
}

/** The refusal that a fault feigns; undefined for faults that are none. */
export function feignedRefusal(fault: FaultName): Refusal | undefined {
  if (fault === 'http-500') return new Refusal('INTERNAL_SERVER_ERROR', 'Internal server error', 500)
  if (fault === 'rate-limit') return rateLimit()
  if (fault === 'expired-token') return expiredToken()
  if (fault === 'invalid-token') return unknownToken()
  return fault === 'overload'
    ? new Refusal('OVERLOAD_LIMIT', 'REST API is blocked due to overload.', 503)
    : undefined
}

export function rateLimit(): Refusal {
  return new Refusal('QUERY_LIMIT_EXCEEDED', 'Too many requests', 503)
}

export function expiredToken(): Refusal {
  return new Refusal('expired_token', 'The access token provided has expired', 401)
}

export function unknownToken(): Refusal {
  return new Refusal('invalid_token', 'Unable to get application by token', 401)
}

/**
 * What a fault makes of a request's answer; `answer` is undefined if the request was not executed.
 * `path` is that of the request, which a redirect repeats.
 */
export function faultyAnswer(
  fault: RequestFault,
  answer: PortalAnswer | undefined,
  path: string,
): PortalAnswer {
  const refusal = feignedRefusal(fault)
  if (refusal !== undefined) return jsonAnswer(refusal.status, jsonBytes(refusalValue(refusal)))
  const real = answer ?? htmlAnswer(502)
  switch (fault) {
    case 'http-502':
    case 'http-503':
    case 'http-504':
      return htmlAnswer(Number(fault.slice('http-'.length)))
    case 'html-200':
      return htmlAnswer(200)
    case 'redirect':
      return htmlAnswer(302, { location: `https://moved.example${path}` })
    case 'reset-before':
    case 'reset-middle':
    case 'lost-reply':
    case 'hang':
      return { ...real, wire: fault }
    case 'truncated':
      return { ...real, body: real.body.subarray(0, Math.floor(real.body.length / 2)) }
    case 'empty-batch': {
      const now = Date.now()
      return jsonAnswer(
        200,
        successJson(map({ ...emptyContainers() }), undefined, undefined, timeValue(now, now, undefined)),
      )
    }
    case 'http-500':
    case 'rate-limit':
    case 'overload':
    case 'expired-token':
    case 'invalid-token':
      return real
  }
}
