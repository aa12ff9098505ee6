import type { BatchReply, Command, NamedCommand, Reply } from '../protocol/types.ts'

export interface CallOptions {
  readonly signal: AbortSignal
  /** Seconds that the portal is expected to work on it; reserved from the method's operating time. */
  readonly expectedSeconds: number
  /** The user says that doing it twice does no harm: a write is then sent again as a read is. */
  readonly isRepeatable?: boolean
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
  /**
   * One call, one request.
   *
   * @throws RefusalError (AuthError) if the portal said no, TransportError if no answer could be had,
   * LimitError if a limit outlasted our patience
   */
  call(command: Command, options: CallOptions): Promise<Reply>

  /**
   * Up to 50 commands in one request, run one after another; a refused command does not stop the others and is an
   * outcome, not an exception. A request that ran into a time-out is not repeated: the caller asks for less. Neither is
   * one with writes in it that may have been carried out.
   *
   * @throws as `call`, for the request as a whole
   */
  batch(commands: readonly NamedCommand[], options: BatchOptions): Promise<BatchReply>
}
