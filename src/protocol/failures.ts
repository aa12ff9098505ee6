import { AuthError, Bx24Error, EXIT, RefusalError, type RefusalFacts, TransportError } from '../errors.ts'
import { failureOfV3 } from './failures-v3.ts'
import type { Refusal } from './types.ts'

/**
 * What a refusal means for a client:
 * - `bucket`: too many requests; not executed, wait a little
 * - `operating`: the method has used its seconds; not executed, wait minutes while other methods go on
 * - `passing`: trouble inside the portal; whether the call was executed is unknown unless `executed` says no
 * - `expired`: the token is too old or not known any more; to be renewed
 * - `auth`: credential, scope, right or plan is missing
 * - `blocked`: stopped by hand; asking again makes it worse
 * - `final`: the call itself is wrong; the same call will be refused again
 */
export type FailureKind = 'bucket' | 'operating' | 'passing' | 'expired' | 'auth' | 'blocked' | 'final'

export interface Failure {
  readonly kind: FailureKind
  /** Whether the portal may have carried the call out; refusals before execution are certain. */
  readonly executed: 'no' | 'unknown'
  readonly hint?: string
  /** Every other call of this method with this credential would be refused as well. */
  readonly concernsAll?: true
}

interface KnownFailure extends Failure {
  readonly apiCode: string
  /** Where one code stands for several things, the text tells them apart. */
  readonly text?: RegExp
  readonly source: string
}

const ERRORS = 'https://apidocs.bitrix24.com/error-codes.html'
const LIMITS = 'https://apidocs.bitrix24.com/limits.html'
const REST_MODULE = 'the portal’s rest module, order of checks in processCall'

const CHECK_WEBHOOK =
  'Check the webhook: portal address, user id, code, and that it was not deleted or reissued.'
const CHECK_SCOPE =
  'Give the webhook the scope that this method needs (crm, task, user, lists …) in the portal.'
const CHECK_RIGHTS = 'The webhook acts as the user who made it; that user needs the right to read this.'
const CHECK_PLAN = 'The REST API is part of the portal’s commercial plans; look at the subscription.'

/** By the code in the body; the HTTP status comes second, since it differs between versions of the portal. */
const KNOWN_FAILURES: readonly KnownFailure[] = [
  { apiCode: 'QUERY_LIMIT_EXCEEDED', kind: 'bucket', executed: 'no', source: LIMITS },
  { apiCode: 'OPERATION_TIME_LIMIT', kind: 'operating', executed: 'no', source: LIMITS },
  {
    apiCode: 'OVERLOAD_LIMIT',
    concernsAll: true,
    kind: 'blocked',
    executed: 'no',
    hint: 'Bitrix24 has blocked this webhook or application by hand because of its load. Do not retry: ask their support, then export less or at another time.',
    source: ERRORS,
  },
  { apiCode: 'INTERNAL_SERVER_ERROR', kind: 'passing', executed: 'unknown', source: ERRORS },
  { apiCode: 'ERROR_UNEXPECTED_ANSWER', kind: 'passing', executed: 'unknown', source: ERRORS },
  { apiCode: 'CONNECTION_ERROR', kind: 'passing', executed: 'no', source: REST_MODULE },
  {
    apiCode: 'ERROR_CORE',
    text: /SQL query error/i,
    kind: 'passing',
    executed: 'unknown',
    source: REST_MODULE,
  },
  {
    apiCode: 'ERROR_METHOD_NOT_FOUND',
    concernsAll: true,
    kind: 'final',
    executed: 'no',
    hint: 'Check the spelling. A method may exist in REST 3.0 only: try --api v3. Methods of modules that the portal does not have are not found either.',
    source: ERRORS,
  },
  { apiCode: 'expired_token', concernsAll: true, kind: 'expired', executed: 'no', source: ERRORS },
  {
    apiCode: 'NO_AUTH_FOUND',
    concernsAll: true,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_WEBHOOK,
    source: ERRORS,
  },
  {
    apiCode: 'INVALID_CREDENTIALS',
    concernsAll: true,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_WEBHOOK,
    source: ERRORS,
  },
  {
    apiCode: 'invalid_token',
    concernsAll: true,
    kind: 'expired',
    executed: 'no',
    hint: 'The portal does not know this access. See whether the application is still installed, and sign in again.',
    source: ERRORS,
  },
  {
    apiCode: 'insufficient_scope',
    concernsAll: true,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_SCOPE,
    source: ERRORS,
  },
  { apiCode: 'APPLICATION_NOT_FOUND', concernsAll: true, kind: 'auth', executed: 'no', source: REST_MODULE },
  { apiCode: 'user_access_error', kind: 'auth', executed: 'no', hint: CHECK_RIGHTS, source: ERRORS },
  {
    apiCode: 'authorization_error',
    concernsAll: true,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_WEBHOOK,
    source: REST_MODULE,
  },
  {
    apiCode: 'PAYMENT_REQUIRED',
    concernsAll: true,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_PLAN,
    source: REST_MODULE,
  },
  {
    apiCode: 'ACCESS_DENIED',
    concernsAll: true,
    text: /commercial plan/i,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_PLAN,
    source: ERRORS,
  },
  { apiCode: 'ACCESS_DENIED', kind: 'auth', executed: 'no', hint: CHECK_RIGHTS, source: ERRORS },
  { apiCode: 'METHOD_CONFIRM_WAITING', concernsAll: true, kind: 'auth', executed: 'no', source: REST_MODULE },
  { apiCode: 'METHOD_CONFIRM_DENIED', concernsAll: true, kind: 'auth', executed: 'no', source: REST_MODULE },
  { apiCode: 'PORTAL_DELETED', concernsAll: true, kind: 'final', executed: 'no', source: REST_MODULE },
  {
    apiCode: 'INVALID_REQUEST',
    text: /https/i,
    kind: 'final',
    executed: 'no',
    hint: 'Use the https:// address of the portal.',
    source: REST_MODULE,
  },
  {
    apiCode: '',
    text: /access denied/i,
    kind: 'auth',
    executed: 'no',
    hint: CHECK_RIGHTS,
    source: REST_MODULE,
  },
  {
    apiCode: '100',
    text: /could not find value for parameter/i,
    kind: 'final',
    executed: 'no',
    hint: 'Give the parameter that the portal names with -p NAME=VALUE; its documentation has the exact spelling.',
    source: 'https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get.html',
  },
  {
    apiCode: 'ERROR_REQUIRED_PARAMETERS_MISSING',
    kind: 'final',
    executed: 'no',
    hint: 'Give the parameters that the portal names with -p NAME=VALUE.',
    source: 'https://apidocs.bitrix24.com/api-reference/lists/elements/lists-element-get.html',
  },
]

/**
 * What a refusal means: by its code, then its text, then its HTTP status (`undefined` inside a batch).
 * Whatever is not known is taken as final, since the same call would be refused again.
 */
export function failureOf(refusal: Refusal, status: number | undefined): Failure {
  const { apiCode, description } = refusal
  const known = KNOWN_FAILURES.find(
    (failure) =>
      failure.apiCode === apiCode && (failure.text === undefined || failure.text.test(description)),
  )
  if (known !== undefined) return known
  const inV3 = failureOfV3(refusal, status)
  if (inV3 !== undefined) return inV3
  if (status === 401 || status === 403) return { kind: 'auth', executed: 'no', hint: CHECK_RIGHTS }
  if (status === 429) return { kind: 'bucket', executed: 'no' }
  if (status !== undefined && status >= 500) return { kind: 'passing', executed: 'unknown' }
  return { kind: 'final', executed: 'no' }
}

/** Codes of ours for an answer of somebody else in the place of the portal. */
const NOT_BY_THE_PORTAL = new Set(['portal.moved', 'portal.none'])

/** Whether a failed attempt was certainly not carried out. */
export function isCertainlyNotRun(error: unknown): boolean {
  if (error instanceof TransportError) return error.executed === 'no'
  if (error instanceof RefusalError) return failureOf(error.refusal, error.refusal.status).executed === 'no'
  return error instanceof Bx24Error && NOT_BY_THE_PORTAL.has(error.code)
}

/** A refusal as the error that it is for the user. */
export function refusalError(facts: RefusalFacts): RefusalError {
  const failure = failureOf(facts, facts.status)
  return failure.kind === 'auth' || failure.kind === 'expired'
    ? new AuthError(facts, failure.hint)
    : new RefusalError(facts, failure.hint, failure.kind === 'passing' ? EXIT.temporary : EXIT.failed)
}
