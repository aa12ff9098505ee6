import type { Bx24Error } from '../errors.ts'
import type { Limits } from '../protocol/limits.ts'
import type { ApiVersion, BatchReply, Command, NamedCommand, Reply } from '../protocol/types.ts'

export interface CallOptions {
  readonly signal: AbortSignal
  /** Seconds that the portal is expected to work on it; reserved from the method's operating time. */
  readonly expectedSeconds: number
  /** The user says that doing it twice does no harm: a write is then sent again as a read is. */
  readonly isRepeatable?: boolean
  /** Further attempts after a passing failure, if other than usual. */
  readonly retries?: number
  /**
   * Told when an attempt has failed, how long after it was sent, and the same is asked again: whoever asks for much may
   * ask for less at a time.
   */
  readonly onTrouble?: (elapsedMs: number) => void
  /** Told before it is sent if the portal was down meanwhile: what failed then did not fail of being too much. */
  readonly onOutageOver?: () => void
  /**
   * Told, before each wait for operating time, how many seconds may be asked for at once although a long wait comes then;
   * `Infinity` if more is free soon. If it throws, the call is given up with that, unsent.
   */
  readonly onHeldBack?: ((leftSeconds: number) => void) | undefined
  /** Told when the portal has done its work and the first of a good answer is there, with the rest still on the way. */
  readonly onAnswering?: () => void
  /**
   * Told `true` when a request leaves, and `false` when it is certain after all that it was not carried out. Whoever breaks
   * a call off knows by this whether it may have been.
   */
  readonly onDoubt?: (mayHaveRun: boolean) => void
}

export interface BatchOptions extends CallOptions {
  /** A refused command stops the ones behind it, which are then in no container of the answer. */
  readonly halts?: boolean
}

/**
 * The waist of the program: walks and operations know this and nothing below it. Limits are obeyed and passing
 * failures are retried underneath, so that what is thrown here is final for this call.
 */
export interface Caller {
  /** What the limits let out: so many requests at once, then so many a second; `undefined`: as many as come. */
  readonly bucket?: Limits['bucket']

  /**
   * Seconds that the portal may still work on this method, called in batches, before its operating time is used up for
   * long; `Infinity` if that is not near.
   *
   * @param askedSeconds what of it was asked for and is not answered
   */
  secondsLeft?(method: string, askedSeconds: number): number

  /** When (Unix ms) a method may work for so many seconds, by its operating time: now, or when to look again. */
  freeAt?(method: string, seconds: number): number

  /**
   * One call, one request.
   *
   * @throws RefusalError (AuthError) if the portal said no, TransportError if no answer could be had,
   * LimitError if a limit outlasted our patience
   */
  call(command: Command, options: CallOptions): Promise<Reply>

  /**
   * Up to 50 commands in one request, run one after another; a refused command does not stop the others and is an
   * outcome, not an exception. A request of several that ran into a time-out is not repeated: the caller asks for less.
   * Neither is one with writes in it that may have been carried out. All commands are of the same API; in REST 3.0 a
   * refused command refuses the request.
   *
   * @throws as `call`, for the request as a whole
   */
  batch(commands: readonly NamedCommand[], options: BatchOptions): Promise<BatchReply>
}

export interface RawOptions extends CallOptions {
  /** `v2` if left out. */
  readonly api?: ApiVersion | undefined
}

/** What the portal answered, untouched. */
export interface RawAnswer {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Whatever it is; packing on the way is undone. */
  readonly body: Buffer
  /** What ended the call although there is an answer: what this answer stands for, or a limit that did not lift. */
  readonly error: Bx24Error | undefined
}

/** Apart from `Caller`, since walks and operations have no use for it. */
export interface RawCaller {
  /**
   * One call whose body goes out as it is and whose answer comes back as it is, within the same limits and with the same
   * attempts as any other call; of several answers the last.
   *
   * @param body JSON; of anything else the portal reads nothing
   * @throws TransportError if the last attempt brought no answer at all, LimitError if none was made; the reason of the
   * signal if that fires
   */
  raw(method: string, body: string, options: RawOptions): Promise<RawAnswer>
}

/** Everything that an engine can be asked for. */
export interface Engine extends Caller, RawCaller {
  /** Gives back what was taken of the limits and not used; nothing is asked for after that. */
  readonly close: () => void
}
