import type { Outlook } from '../strategy.ts'
import { rowsIn } from './estimate.ts'
import { cellsOf } from './probes.ts'
import type { Segment } from './segments.ts'

/**
 * What can be told of the rows of these segments, which are all that is not delivered.
 *
 * @param ceiling most pages in a request: a look at places takes two
 */
export function outlookOf(segments: readonly Segment[], ceiling: number): Outlook {
  let [waiting, ahead] = [0, 0]
  let isFront = true
  let isUnknown = false
  for (const segment of segments) {
    isFront &&= segment.kind === 'done'
    if (segment.kind === 'done' && !isFront) waiting += segment.read.rows
    else ahead += rowsIn(segment)
    isUnknown ||= isToBeSeen(segment, ceiling)
  }
  return { waiting, ahead: isUnknown || !Number.isFinite(ahead) ? undefined : Math.round(ahead) }
}

/** Whether its rows are being looked at for the first time, or will be: the two ends of a list say little about it. */
function isToBeSeen(segment: Segment, ceiling: number): boolean {
  if (segment.kind === 'probed') return segment.segment.looks === 0
  return segment.kind === 'open' && ceiling >= 2 && segment.looks === 0 && cellsOf(segment) > 1
}
