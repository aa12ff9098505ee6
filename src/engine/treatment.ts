import { RefusalError, TransportError, type TransportFault } from '../errors.ts'
import { type FailureKind, failureOf } from '../protocol/failures.ts'

/** What may be done after a failure. */
export type Verdict =
  /** The same again would end the same, or might do a thing twice. */
  | 'give-up'
  /** Trouble that passes: again after a while, a few times. */
  | 'again'
  /** A limit: again as soon as the gate lets it through, however often, within the longest wait. */
  | 'at-the-gate'
  /** Again with fresh access, once. */
  | 'renew'

export interface Treatment {
  /** For what may be done twice, and for what was certainly not carried out. */
  readonly reads: Verdict
  /** For a write that may have been carried out. */
  readonly writes: Verdict
  /** Whether it may be the portal as a whole that is in trouble, and not this one call. */
  readonly isOfPortal: boolean
}

const PASSES: Treatment = { reads: 'again', writes: 'give-up', isOfPortal: true }
const STAYS: Treatment = { reads: 'give-up', writes: 'give-up', isOfPortal: false }
const LIMIT: Treatment = { reads: 'at-the-gate', writes: 'at-the-gate', isOfPortal: false }

/** What is done after an attempt that brought no usable answer. */
const BY_FAULT: Readonly<Record<TransportFault, Treatment>> = {
  unreachable: PASSES,
  reset: PASSES,
  timeout: PASSES,
  truncated: PASSES,
  'not-json': PASSES,
  'server-error': PASSES,
  'too-large': STAYS,
  certificate: STAYS,
  proxy: STAYS,
}

/** The same after a refusal. */
const BY_KIND: Readonly<Record<FailureKind, Treatment>> = {
  bucket: LIMIT,
  operating: LIMIT,
  passing: PASSES,
  expired: { reads: 'renew', writes: 'renew', isOfPortal: false },
  auth: STAYS,
  blocked: STAYS,
  final: STAYS,
}

/** What is known of a call that has failed. */
export interface FailedCall {
  /** Whether it may be sent again although it may have been executed: it changes nothing, or not more than once. */
  readonly isRepeatable: boolean
  /** Whether it can be made smaller: then it is not sent again as it is after it ran into a time-out. */
  readonly canShrink: boolean
}

/** What may be done after `error`, by the tables and by whether the call may have been executed. */
export function verdictOn(error: unknown, { isRepeatable, canShrink }: FailedCall): Verdict {
  if (canShrink && error instanceof TransportError && error.isTooMuch) return 'give-up'
  const found = treatmentOf(error)
  if (found === undefined) return 'give-up'
  return isRepeatable || found.executed === 'no' ? found.treatment.reads : found.treatment.writes
}

/** Whether `error` may show that the portal as a whole is in trouble. */
export function isOfPortal(error: unknown): boolean {
  return treatmentOf(error)?.treatment.isOfPortal === true
}

function treatmentOf(error: unknown): { treatment: Treatment; executed: 'no' | 'unknown' } | undefined {
  if (error instanceof TransportError) return { treatment: BY_FAULT[error.fault], executed: error.executed }
  if (!(error instanceof RefusalError)) return undefined
  const { kind, executed } = failureOf(error.refusal, error.refusal.status)
  return { treatment: BY_KIND[kind], executed }
}
