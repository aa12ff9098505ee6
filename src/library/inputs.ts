import { UsageError } from '../errors.ts'

/** What goes in: a list, a set, a generator, a stream of objects; taken bit by bit, as results are taken. */
export type Inputs<T> = Iterable<T> | AsyncIterable<T>

/** An id as programs hold it; one of more than fifteen digits is a bigint or a text, since numbers are rounded. */
export type Id = string | number | bigint

/** A text could be gone through as well, letter by letter. @throws UsageError for what cannot be gone through */
export function checkInputs(given: unknown, what: string): void {
  const isObject = typeof given === 'object' && given !== null
  if (isObject && (Symbol.iterator in given || Symbol.asyncIterator in given)) return
  throw new UsageError(
    'option',
    `${what} must be a list, or something else to go through, such as an async generator.`,
  )
}

/** An id as JSON: numbers bare, texts in quotes. */
export function idLiteral(id: Id): string {
  return typeof id === 'string' ? JSON.stringify(id) : String(id)
}

/** What `open` answers, once: inputs may be gone after that, and nothing is to be sent a second time unasked. */
export function once<T>(open: () => T): () => T {
  let isOpened = false
  return () => {
    if (isOpened) {
      throw new UsageError(
        'option',
        'These results have been gone through already.',
        'To ask or send again, call the method again.',
      )
    }
    isOpened = true
    return open()
  }
}
