import type { InputId } from '../../src/input/input-row.ts'
import type { CallInput } from '../../src/operations/call-rows.ts'
import type { Item } from '../../src/operations/dispatch/unit.ts'

/** What operations on single items need besides, with values that do not get in the way of a test. */
export const DISPATCH = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  batchSize: 50,
  firstSize: 50,
  lanes: 4,
  retries: 5,
  maxWaitMs: 900_000,
  window: 1_000,
} as const

/** Ids as lines of text give them. */
// eslint-disable-next-line @typescript-eslint/require-await -- input is read asynchronously
export async function* idInputs(ids: Iterable<number | string>): AsyncGenerator<InputId> {
  let line = 0
  for (const id of ids) {
    yield { line: ++line, literal: JSON.stringify(id), text: String(id), raw: Buffer.from(String(id)) }
  }
}

/** Calls as rows of NDJSON give them. */
// eslint-disable-next-line @typescript-eslint/require-await -- input is read asynchronously
export async function* callInputs(rows: Iterable<CallInput['params']>): AsyncGenerator<CallInput> {
  let line = 0
  for (const params of rows) {
    const raw = Buffer.from(JSON.stringify(params))
    yield { line: ++line, id: undefined, params, raw }
  }
}

/** All items, in the order in which they are handed on; what is thrown behind them is in `error`. */
export async function collected<I extends Item>(
  pages: AsyncIterable<readonly I[]>,
): Promise<{ items: I[]; error: unknown }> {
  const items: I[] = []
  try {
    for await (const page of pages) items.push(...page)
  } catch (error) {
    return { items, error }
  }
  return { items, error: undefined }
}
