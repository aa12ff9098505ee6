import { Bx24Error } from '../errors.ts'
import type { Transport, WireAnswer } from '../transport/transport.ts'
import type { RawAnswer } from './caller.ts'

/**
 * The last answer that came while `send` ran, with the error that `send` ended in, if it did.
 *
 * @throws what `send` throws if its last request got no answer, or if `signal` ended it
 */
export async function answerOf(
  send: (transport: Transport) => Promise<unknown>,
  transport: Transport,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const kept: { answer: WireAnswer | undefined } = { answer: undefined }
  const keeping: Transport = async (call, callSignal) => {
    // An answer to an earlier attempt is not that of one whose answer is lost.
    kept.answer = undefined
    return (kept.answer = await transport(call, callSignal))
  }
  const error = await send(keeping).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const isFinal = error === undefined || (error instanceof Bx24Error && !signal.aborted)
  if (kept.answer === undefined || !isFinal) throw error as Error
  const { status, headers = {}, body } = kept.answer
  return { status, headers, body, error }
}
