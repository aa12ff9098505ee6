import { IncompleteError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { withParamAt } from '../protocol/places.ts'
import { listCommand } from './list-command.ts'
import { believableTotal, saysMore } from './positions.ts'
import { rowsOf } from './rows.ts'
import type { Walk } from './strategy.ts'

/**
 * For methods of whose rows no more than the first page can be had: one call for as many as they give. That these are
 * all is shown by marks in the answer or by its count, else by fewer rows than a page has.
 *
 * @throws IncompleteError if there are more, or may well be
 */
export const walkFirstPage: Walk = async function* (caller, query, { signal, rowsWanted, onEnd }) {
  const { method } = query
  const { paging } = method
  if (paging.by !== 'first-page') throw new Error(`more than the first page of ${method.method} can be had`)
  const { limit, pageRows, more = [] } = paging
  const size = limit === undefined ? {} : withParamAt({}, limit, pageRows)
  const reply = await caller.call(listCommand(query, size), { signal, expectedSeconds: 1 })
  const rows = rowsOf(reply.result, method)
  yield { rows, cursor: rows.length, end: undefined }
  if (rows.length >= rowsWanted) return

  const said = more.map((mark) => saysMore(mark, reply))
  const total = believableTotal(method, reply, rows.length)
  const others = total === undefined ? 0 : total - rows.length
  if (said.includes(true) || others > 0 || reply.next !== undefined)
    throw cut(method.method, rows.length, others)
  if (said.length > 0 && said.every((one) => one === false)) {
    onEnd?.({ by: 'mark' })
    return
  }
  if (total === undefined && mayBeFull(rows.length, pageRows)) throw cut(method.method, rows.length, 0)
  onEnd?.(total === undefined ? { by: 'short-page' } : { by: 'count', total })
}

/**
 * Rows that the user may not see are left out of a page after it was cut, and a portal may grant fewer rows than were
 * asked for: what has more than half of a page may be one, and so may what has as many rows as pages have.
 */
function mayBeFull(rows: number, pageRows: number): boolean {
  return 2 * rows > pageRows || (rows > 0 && rows % PAGE_ROWS === 0)
}

function cut(method: string, rows: number, others: number): IncompleteError {
  const rest =
    others > 0 ? `the other ${others} cannot be reached` : 'so it cannot be shown that these are all'
  return new IncompleteError(
    `${method} gives its first ${rows} rows and no more, ${rest}.`,
    'Conditions may make several smaller lists of it.',
  )
}
