import { Bx24Error, EXIT, TransportError } from '../errors.ts'
import { type Envelope, readEnvelope } from '../protocol/envelope.ts'
import { refusalError } from '../protocol/failures.ts'
import { JsonTextError } from '../protocol/json-text.ts'
import { retryAfterMs } from '../protocol/retry-after.ts'
import type { Reply } from '../protocol/types.ts'
import type { WireAnswer } from '../transport/transport.ts'
import { hidden } from './secrets.ts'

/** How an answer is to be read. */
export interface Reading {
  readonly host: string
  /** The method to speak of in messages. */
  readonly method: string
  /** Reads the body of an answer that is no failure by its status. */
  readonly envelope: (body: Buffer) => Envelope
  /** Takes secrets out of what the portal says. */
  readonly hide: (text: string) => string
}

/**
 * The portal's answer as a reply, or the error that it stands for: the code in the body first, the status second.
 */
export function readAnswer<T>(
  answer: WireAnswer,
  { host, method, envelope: envelopeOf, hide }: Reading,
  read: (reply: Reply) => T,
): T {
  const { status, body, elapsedMs, headers } = answer
  const waitMs = retryAfterMs(headers?.['retry-after'], Date.now())
  try {
    const envelope = status < 400 ? envelopeOf(body) : readEnvelope(body)
    if (envelope.kind === 'refusal') {
      const said = hidden(envelope.refusal, hide)
      throw refusalError({ ...said, status, method, retryAfterMs: waitMs })
    }
    if (status < 400) return read(envelope.reply)
  } catch (error) {
    // Damaged JSON is found by our own reader or, in the parts that are parsed, by the parser.
    if (!(error instanceof JsonTextError || error instanceof SyntaxError)) throw error
    if (status === 429) {
      const description = 'Too many requests'
      throw refusalError({ apiCode: '', description, status, method, retryAfterMs: waitMs })
    }
    if (status === 404 || status === 405 || status === 410) throw noPortal(host, status)
    if (status < 500) {
      const looksCut = body.length === 0 || /^\s*\{/.test(body.toString('latin1', 0, 64))
      const [fault, what] = looksCut
        ? ([
            'truncated',
            body.length === 0 ? 'an empty answer' : 'an answer that is cut short or damaged',
          ] as const)
        : (['not-json', 'something else than JSON'] as const)
      throw new TransportError(fault, `${host} gave ${what} to ${method} (HTTP ${status}).`, {
        executed: 'unknown',
        elapsedMs,
        retryAfterMs: waitMs,
        hint: 'If this stays so, see whether the address is that of a portal and whether it is being maintained.',
      })
    }
  }
  const isCut = status === 504
  throw new TransportError(
    isCut ? 'timeout' : 'server-error',
    isCut
      ? `${host} took too long over ${method} (HTTP 504).`
      : `${host} answered ${method} with HTTP ${status} and no explanation.`,
    { executed: 'unknown', elapsedMs, retryAfterMs: waitMs },
  )
}

function noPortal(host: string, status: number): Bx24Error {
  return new Bx24Error(
    'portal.none',
    `${host} answers with a page and HTTP ${status}: no REST API there.`,
    EXIT.failed,
    {
      hint: 'Check the address in the webhook.',
    },
  )
}

/** Whether an answer points to another address. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** Answers after which the same is to be asked elsewhere; others mean something else than that it has moved. */
const MOVED = new Set([301, 302, 307, 308])

export function isMove(status: number): boolean {
  return MOVED.has(status)
}

/** The portal points to another address. */
export class PortalMovedError extends Bx24Error {
  /** Whether the same is to be asked there. */
  readonly isFollowed: boolean

  constructor(host: string, location: string | undefined, isFollowed: boolean) {
    // Only the host is shown: the path may hold the webhook's code.
    const target =
      location !== undefined && URL.canParse(location) ? new URL(location).host : 'another address'
    super('portal.moved', `${host} sends us to ${target}; nothing was sent there.`, EXIT.failed, {
      hint: 'If the portal was renamed, take the new address into the configuration.',
    })
    this.isFollowed = isFollowed
  }
}
