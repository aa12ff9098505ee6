import { IncompleteError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { withParamAt } from '../protocol/places.ts'
import type { Reply } from '../protocol/types.ts'
import { listCommand } from './list-command.ts'
import { believableTotal, saysMore } from './positions.ts'
import { rowsOf } from './rows.ts'
import type { EndProof, ListQuery, Walk } from './strategy.ts'

/**
 * For methods that answer all rows at once, or of whose rows no more than the first page can be had: one call, and what is
 * known of the method or a mark in the answer says that this is all.
 *
 * @throws IncompleteError if the answer says that there is more, or has as many rows as a page would have
 */
export const walkWhole: Walk = async function* (caller, query, { signal, rowsWanted, onEnd }) {
  const { paging } = query.method
  const size =
    paging.by === 'first-page' && paging.limit !== undefined
      ? withParamAt({}, paging.limit, paging.pageRows)
      : {}
  const reply = await caller.call(listCommand(query, size), { signal, expectedSeconds: 1 })
  const rows = rowsOf(reply.result, query.method)
  yield { rows, cursor: rows.length, end: rows.length }
  if (rows.length >= rowsWanted) return
  onEnd?.(shownEnd(query, reply, rows.length))
}

function shownEnd({ method }: ListQuery, reply: Reply, rows: number): EndProof {
  const { paging, hasFalseTotal } = method
  if (paging.by !== 'whole' && paging.by !== 'first-page') throw new Error(`${method.method} has pages`)
  const marks = [paging.more ?? []].flat()
  const said = marks.map((mark) => saysMore(mark, reply))
  const total = believableTotal(method, reply, rows)
  if (said.includes(true) || (reply.next !== undefined && hasFalseTotal !== true) || (total ?? 0) > rows) {
    throw more(method.method, paging.by, rows, total)
  }
  if (said.length > 0 && said.every((one) => one === false)) return { by: 'mark' }
  if (total === rows && total > 0 && rows % PAGE_ROWS !== 0) return { by: 'count', total }
  if (paging.by === 'first-page' && rows >= paging.pageRows) throw full(method.method, rows)
  const isDoubted = paging.by === 'first-page' || paging.isPresumed === true
  if (isDoubted && rows > 0 && rows % PAGE_ROWS === 0) throw full(method.method, rows)
  if (method.isUnknown === true && rows > 0) throw unproven(method.method, rows)
  return { by: 'method' }
}

function more(
  method: string,
  by: 'whole' | 'first-page',
  rows: number,
  total: number | undefined,
): IncompleteError {
  const others = total === undefined || total <= rows ? '' : ` The other ${total - rows} cannot be reached.`
  if (by === 'first-page') {
    return new IncompleteError(
      `${method} gives no more than its first ${rows} rows, and says that there are more.${others}`,
      'Conditions may make several smaller lists of it.',
    )
  }
  return new IncompleteError(
    `${method} is taken to answer all rows at once, and says that there are more than these ${rows}.${others}`,
    '--paging says in which way the method has pages.',
  )
}

function full(method: string, rows: number): IncompleteError {
  return new IncompleteError(
    `${method} answered ${rows} rows, which is what a page has, and no more can be reached: it cannot be shown that these are all.`,
    'Conditions may make several smaller lists of it; if these are known to be all, --paging whole says so.',
  )
}

function unproven(method: string, rows: number): IncompleteError {
  return new IncompleteError(
    `${method} is not in the table of known methods, and nothing in its answer shows that these ${rows} rows are all.`,
    'If it has no pages, --paging whole says so; else --paging says how they are reached.',
  )
}
