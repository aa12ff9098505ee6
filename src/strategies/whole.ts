import { IncompleteError } from '../errors.ts'
import { listCommand } from './list-command.ts'
import { rowsOf } from './rows.ts'
import type { Walk } from './strategy.ts'

/**
 * For methods known to answer all rows at once: one call, and the table says that this is all.
 *
 * @throws IncompleteError if the answer itself says that there is more
 */
export const walkWhole: Walk = async function* (caller, query, { signal, onEnd }) {
  const { method } = query
  const reply = await caller.call(listCommand(query, {}), { signal, expectedSeconds: 1 })
  const rows = rowsOf(reply.result, method)
  yield { rows, cursor: rows.length, end: rows.length }
  if (reply.next !== undefined || (reply.total ?? 0) > rows.length) {
    throw new IncompleteError(
      `${method.method} is taken to answer all rows at once, and says that there are more than these ${rows.length}.`,
      'Please report this: the method is not walked in the right way.',
    )
  }
  onEnd?.({ by: 'method' })
}
