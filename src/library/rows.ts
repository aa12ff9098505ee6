import type { JsonText } from '../protocol/json-text.ts'

/** A row as the portal sent it, parsed: names and values are the portal's own. */
export type Row = Record<string, unknown>

/**
 * The rows of a list, in ascending id. Nothing is asked for until somebody iterates; each iteration is a walk of its
 * own. The next page is asked for when the rows before it are taken, so memory stays flat. With `ids` they come in the
 * order of the ids, and can be gone through once.
 *
 * Ends normally only if it was shown that no row is missing.
 *
 * @throws IncompleteError, behind the last row that could be had, if that could not be shown; RefusalError (AuthError),
 * TransportError and LimitError for a portal that does not answer; the reason of a signal that fires
 */
export interface Rows<T = Row> extends AsyncIterable<T> {
  /** The same rows, up to 50 at a time, as the portal's pages bring them; never an empty page. */
  pages(): AsyncGenerator<T[], void, undefined>
  /** The same rows as JSON text, each exactly as the portal sent it: parsing would round numbers of twenty digits. */
  texts(): AsyncGenerator<string, void, undefined>
}

type OpenPages = () => AsyncGenerator<readonly JsonText[], void, undefined>

/** Rows in all their forms, made from pages of text; once `signal` has fired, none is given any more. */
export function rowsFrom<T>(openPages: OpenPages, signal: AbortSignal): Rows<T> {
  async function* pages(): AsyncGenerator<T[], void, undefined> {
    for await (const page of openPages()) {
      if (page.length > 0) yield page.map((row) => row.parse() as T)
    }
  }
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* untilFired(page, signal)
    },
    async *texts() {
      for await (const page of openPages()) yield* untilFired(page.map(String), signal)
    },
  }
}

function* untilFired<T>(page: readonly T[], signal: AbortSignal): Generator<T> {
  for (const row of page) {
    signal.throwIfAborted()
    yield row
  }
}
