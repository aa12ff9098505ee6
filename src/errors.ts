/**
 * The family of errors that `bx24` raises on purpose. A message says what happened and where, the hint what to do
 * next, `cause` keeps the original. Codes are stable and each has a paragraph in `docs/errors.md`.
 * Nothing in here may hold a secret: portals are named by host, calls by method.
 */

/** What a process ends with; `docs/exit-codes.md` says the same for people. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  auth: 4,
  temporary: 5,
  ownLimit: 6,
  locked: 7,
  bug: 70,
  output: 74,
  brokenPipe: 141,
} as const

export interface ErrorDetails {
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** The root; raised itself only for what must not happen (a bug of ours). */
export class Bx24Error extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(code: string, message: string, exitCode: number = EXIT.bug, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.hint = details.hint
    this.exitCode = exitCode
  }
}

/** Wrong words on the command line or wrong input; found before anything was sent. */
export class UsageError extends Bx24Error {
  constructor(code: string, message: string, hint?: string) {
    super(`usage.${code}`, message, EXIT.usage, { hint })
  }

  /** The same error, with where it was met in front: `Line 7 of deals.csv: …`. */
  at(where: string): UsageError {
    const Located = this.constructor as typeof UsageError
    return new Located(this.code.replace(/^usage\./, ''), `${where}: ${this.message}`, this.hint)
  }
}

/** No credential, a malformed one, or a configuration file that cannot be used. */
export class ConfigError extends Bx24Error {
  constructor(code: string, message: string, hint?: string, cause?: unknown) {
    super(`config.${code}`, message, EXIT.usage, { hint, cause })
  }
}

export interface RefusalFacts {
  /** The portal's own code, which may be an empty string. */
  readonly apiCode: string
  /** The portal's own text, unchanged. */
  readonly description: string
  /** What REST 3.0 has against fields of the request, in its own words. */
  readonly validation?: readonly { readonly field: string; readonly message: string }[]
  /** HTTP status; `undefined` for a command inside a batch, which has none of its own. */
  readonly status: number | undefined
  readonly method: string
  /** The answer asks to be left alone for so long. */
  readonly retryAfterMs?: number | undefined
}

/** The portal answered, and the answer was no. */
export class RefusalError extends Bx24Error {
  readonly refusal: RefusalFacts

  constructor(refusal: RefusalFacts, hint?: string, exitCode: number = EXIT.failed, code = 'portal.refused') {
    super(code, refusalMessage(refusal), exitCode, { hint })
    this.refusal = refusal
  }
}

/** Credential, scope, right or plan is missing. */
export class AuthError extends RefusalError {
  constructor(refusal: RefusalFacts, hint?: string) {
    super(refusal, hint, EXIT.auth, 'portal.not-authorised')
  }
}

/** Why there is no more access without the user. */
export type SignInFault =
  | 'expired' // the refresh token is used up, too old or withdrawn
  | 'wrong-client' // id or secret of the application
  | 'payment' // the portal's subscription has ended
  | 'not-installed' // the application is not, or no longer, installed on the portal
  | 'scope' // the application may not have what it asks for
  | 'other-portal' // the tokens are those of another portal
  | 'command' // the user's own program, which should print a credential, does not
  | 'refused' // something else; the server's own words are in the message

/** The authorization server, or whatever else gives access, gives none until the user has done something. */
export class SignInError extends Bx24Error {
  readonly fault: SignInFault

  constructor(fault: SignInFault, message: string, hint?: string) {
    super(`auth.${fault}`, message, EXIT.auth, { hint })
    this.fault = fault
  }
}

/** Our patience with one of the portal's limits has ended; `resumeAt` (Unix ms) is when it is expected to lift. */
export class LimitError extends Bx24Error {
  readonly resumeAt: number | undefined

  constructor(message: string, hint: string, resumeAt?: number) {
    super('portal.limit', message, EXIT.temporary, { hint })
    this.resumeAt = resumeAt
  }
}

/** Whether the portal may have carried out a call that brought no answer. */
export type Executed = 'no' | 'unknown'

export type TransportFault =
  | 'unreachable' // no connection: DNS, refused
  | 'certificate' // the portal could not show that it is who it should be
  | 'reset' // the connection broke after the request went out
  | 'timeout' // no whole answer in time
  | 'truncated' // the answer ended early
  | 'not-json' // HTML and other pages in place of JSON
  | 'server-error' // a 5xx without a portal's error in it
  | 'too-large' // the answer is larger than we take
  | 'proxy' // a proxy on the way lets nobody through

/** A failure after this long is taken for the portal's cut at 60 s, whatever it looks like. */
const CUT_SUSPECTED_MS = 30_000

/** An attempt that brought no usable answer. */
export class TransportError extends Bx24Error {
  readonly fault: TransportFault
  readonly executed: Executed
  /** How long the attempt ran before it failed. */
  readonly elapsedMs: number
  /** What there was of an answer asks to be left alone for so long. */
  readonly retryAfterMs: number | undefined

  constructor(
    fault: TransportFault,
    message: string,
    facts: { executed: Executed; elapsedMs?: number; retryAfterMs?: number | undefined } & ErrorDetails,
  ) {
    super(`transport.${fault}`, message, EXIT.temporary, facts)
    this.fault = fault
    this.executed = facts.executed
    this.elapsedMs = facts.elapsedMs ?? 0
    this.retryAfterMs = facts.retryAfterMs
  }

  /** The request took too long or its answer is too large: the same request would end the same, a smaller one may not. */
  get isTooMuch(): boolean {
    return this.fault === 'timeout' || this.fault === 'too-large' || this.elapsedMs >= CUT_SUSPECTED_MS
  }
}

/** The portal as a whole did not answer for as long as we waited; the request that waited was not sent. */
export class OutageError extends Bx24Error {
  /** @param since Unix milliseconds */
  constructor(host: string, since: number, cause: Bx24Error | undefined) {
    const why = cause === undefined ? '' : ` The last failure: ${cause.message}`
    super(
      'portal.outage',
      `${host} has not answered since ${new Date(since).toISOString()}.${why}`,
      EXIT.temporary,
      {
        hint: 'Run again when the portal is well. --retries and --max-wait say how long to wait for it.',
        cause,
      },
    )
  }
}

/** The walk could not show that it reached the end; what it got was delivered. */
export class IncompleteError extends Bx24Error {
  constructor(message: string, hint?: string, cause?: unknown, code = 'walk.incomplete') {
    super(code, message, EXIT.partial, { hint, cause })
  }
}

/** Some rows make every page with them fail; all others were delivered. */
export class UnreadableRowsError extends IncompleteError {
  readonly unreadable: readonly { readonly id: number; readonly error: Bx24Error }[]

  constructor(unreadable: UnreadableRowsError['unreadable']) {
    const ids = unreadable.map(({ id }) => id)
    super(
      ids.length === 1
        ? `The row with the id ${ids[0] ?? ''} cannot be read: every page with it fails, its neighbours come. All other rows were written.`
        : `${ids.length} rows cannot be read: every page with one of them fails, their neighbours come. All other rows were written. Their ids: ${ids.join(', ')}.`,
      'Look at them in the portal; --select with other fields may get them.',
      unreadable[0]?.error,
      'walk.unreadable',
    )
    this.unreadable = unreadable
  }
}

/** The portal's answer is not that of a list as we know it; nothing of it was delivered. */
export class NotUnderstoodError extends Bx24Error {
  constructor(message: string, hint?: string) {
    super('walk.not-understood', message, EXIT.failed, { hint })
  }
}

/** All rows were delivered, but not all of their values: the columns of a table are fixed with its first row. */
export class ColumnsError extends IncompleteError {
  constructor(message: string, hint?: string) {
    super(message, hint, undefined, 'output.columns')
  }
}

/** Some inputs were refused, or nobody knows what became of them; each has its line in the output. */
export class ItemsError extends IncompleteError {
  constructor(message: string, hint?: string) {
    super(message, hint, undefined, 'items.failed')
  }
}

/** A limit that the user set for the run itself was reached. */
export class OwnLimitError extends Bx24Error {
  constructor(message: string, hint?: string) {
    super('run.own-limit', message, EXIT.ownLimit, { hint })
  }
}

/** The destination did not take the rows: disk full, not writable. */
export class OutputError extends Bx24Error {
  constructor(message: string, hint?: string, cause?: unknown) {
    super('output.failed', message, EXIT.output, { hint, cause })
  }
}

/** Whoever read our standard output has gone; not worth a word. */
export class BrokenPipeError extends Bx24Error {
  constructor() {
    super('output.broken-pipe', 'The reader of the output has closed it.', EXIT.brokenPipe)
  }
}

/** Another run holds what this one needs for itself alone; nothing was sent. */
export class LockedError extends Bx24Error {
  constructor(message: string, hint?: string) {
    super('run.locked', message, EXIT.locked, { hint })
  }
}

/** A signal ended the run; raised again by the program once everything is flushed. */
export class InterruptedError extends Bx24Error {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super('run.interrupted', `Stopped by ${signal}.`, { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal])
    this.signal = signal
  }
}

/** What the portal says, and of which fields: `Request is not valid (id: Required field is missing)`. */
export function refusalWords({
  description,
  validation = [],
}: Pick<RefusalFacts, 'description' | 'validation'>): string {
  const faults = validation.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  if (faults.length === 0) return description
  return description === '' ? faults.join('; ') : `${description} (${faults.join('; ')})`
}

function refusalMessage({ method, apiCode, status, ...said }: RefusalFacts): string {
  const words = [apiCode, refusalWords(said)].filter((part) => part !== '').join(': ')
  const httpStatus = status === undefined || status === 200 ? '' : ` (HTTP ${status})`
  return `The portal refused ${method}: ${words === '' ? 'no reason given' : words}${httpStatus}`
}
