import { UsageError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import type { OpenInput } from './input-options.ts'

/** What is known of the input before anything is sent. */
export interface InputPreview<T> {
  /** How many inputs there are, or at least how many. */
  readonly count: number
  readonly isCounted: boolean
  /** The first few. */
  readonly sample: readonly T[]
  /** All of them, to be gone through once. */
  readonly inputs: AsyncIterable<T>
}

const SAMPLE = 3

/**
 * Looks at the input before it is used: all of it where it can be read twice, so that whatever is wrong with it is said
 * before anything is sent; else as much as `lookAhead` inputs, which are then kept.
 *
 * @throws what `read` throws
 */
export async function previewed<T>(
  { isRepeatable }: OpenInput,
  read: () => AsyncIterable<T>,
  lookAhead: number,
  signal: AbortSignal,
): Promise<InputPreview<T>> {
  return isRepeatable ? checked(read, signal) : peeked(read(), lookAhead, signal)
}

async function checked<T>(read: () => AsyncIterable<T>, signal: AbortSignal): Promise<InputPreview<T>> {
  const sample: T[] = []
  let count = 0
  for await (const input of read()) {
    signal.throwIfAborted()
    if (count < SAMPLE) sample.push(input)
    count++
  }
  return { count, isCounted: true, sample, inputs: unchanged(read(), count) }
}

/** The same inputs again. @throws UsageError, before the first that was not checked, if there are more or fewer than before */
async function* unchanged<T>(inputs: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
  let read = 0
  for await (const input of inputs) {
    if (++read > count) throw changedInput()
    yield input
  }
  if (read < count) throw changedInput()
}

function changedInput(): UsageError {
  return new UsageError(
    'input-changed',
    'The input was changed while it was read: it has more or fewer rows than when it was checked.',
    'See in the result lines what was sent, and send the rest when nobody writes to the file.',
  )
}

async function peeked<T>(
  inputs: AsyncIterable<T>,
  lookAhead: number,
  signal: AbortSignal,
): Promise<InputPreview<T>> {
  const iterator = inputs[Symbol.asyncIterator]()
  const kept: T[] = []
  let isEnded = false
  while (kept.length < lookAhead && !isEnded) {
    const next = await abortable(iterator.next(), signal)
    if (next.done === true) isEnded = true
    else kept.push(next.value)
  }
  async function* all(): AsyncGenerator<T, void, undefined> {
    yield* kept
    if (isEnded) return
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { count: kept.length, isCounted: isEnded, sample: kept.slice(0, SAMPLE), inputs: all() }
}
