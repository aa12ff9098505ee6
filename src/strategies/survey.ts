import type { Caller } from '../engine/caller.ts'
import type { Cell } from '../engine/events.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import type { NamedCommand } from '../protocol/types.ts'
import { cellsOf, type Probe, probePoints } from './cells.ts'
import { idsOnly, pageCommand } from './keyset/commands.ts'
import { idOf, rowsOf } from './rows.ts'
import type { ListQuery } from './strategy.ts'

/** Looks at places evenly spread over the ids: islands of one in twenty are still met, and a batch has room for more. */
const MOST_PROBES = 40
/** Fewer would miss what the survey is for. */
const FEWEST_PROBES = 10
/** Portal time that a survey may take: it is for show, and a request is cut at 60 s. */
const SURVEY_SECONDS = 20

/** How many places to look at, if a page takes so long; 0 if it is not worth it. */
export function probeCount(pageSeconds: number): number {
  const inTime = Math.floor(SURVEY_SECONDS / pageSeconds)
  return inTime < FEWEST_PROBES ? 0 : Math.min(MOST_PROBES, inTime)
}

/**
 * How the rows of a list lie over the ids from `after` to `upTo`, looked at in `count` places by one request that asks
 * for ids alone. Nothing rests on it but what is shown to people.
 *
 * @throws what `caller` throws; IncompleteError for answers without rows
 */
export async function surveyList(
  caller: Caller,
  query: ListQuery,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  count: number,
  signal: AbortSignal,
): Promise<Cell[]> {
  const points = probePoints(after, upTo, count)
  const commands = points.map((point, at): NamedCommand => ({
    ...idsOnly(query, pageCommand(query, point, upTo)),
    name: `s${at}`,
  }))
  const expectedSeconds = SURVEY_SECONDS / 2
  const { outcomes } = await caller.batch(commands, { signal, expectedSeconds })
  const probes = outcomes.flatMap((outcome, at): Probe[] => {
    const point = points[at]
    if (outcome.kind !== 'done' || point === undefined) return []
    const rows = rowsOf(outcome.reply.result, query.method)
    const ids = rows.map((row) => idOf(row, query.method.idInRows)).filter((id) => id !== undefined)
    return [{ after: point, ids, isFull: rows.length >= PAGE_ROWS }]
  })
  return cellsOf(probes, upTo)
}
