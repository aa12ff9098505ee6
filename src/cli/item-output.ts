import type { EventListener } from '../engine/events.ts'
import { ItemsError } from '../errors.ts'
import { lostValues } from '../operations/columns.ts'
import type { Item } from '../operations/dispatch/unit.ts'
import type { ColumnPlan } from '../output/columns.ts'
import type { RejectedFile } from '../output/rejected-file.ts'
import type { Sink } from '../output/sink.ts'
import type { JsonText } from '../protocol/json-text.ts'

/** Where items that were not done are handed back, by what became of them. */
export interface RejectedFiles {
  readonly refused: RejectedFile | undefined
  readonly unknown: RejectedFile | undefined
}

export interface ItemOutputOptions<I extends Item> {
  readonly sink: Sink
  /** What is written of an item. */
  readonly rows: (item: I) => readonly JsonText[]
  readonly raw: (item: I) => Buffer
  readonly rejected: RejectedFiles
  /** What joins the names of nested values in a table; `undefined`: they stay whole. */
  readonly flatten?: string | undefined
  /** How many items there are; `undefined` if nobody knows. */
  readonly total: number | undefined
  readonly onEvent: EventListener
  /** Told of items whose lines the output has taken. */
  readonly wrote?: ((items: readonly I[]) => void) | undefined
  /** Told of what is worth knowing and no failure. */
  readonly warn: (text: string) => void
}

/** Columns of result lines, where a table is written of them. */
export function resultColumns(hasKey: boolean, others: readonly string[] = []): ColumnPlan {
  const names = ['line', 'id', ...(hasKey ? ['key'] : []), 'ok', 'outcome', 'result', ...others, 'error']
  return { names, isOpen: false, isSpellingLoose: false }
}

/**
 * Writes items with their fates: their rows to the sink, those that were not done to the files for them, and counts what
 * became of them.
 *
 * @throws ItemsError, behind the last item, if any of them was not done
 */
export async function writeItems<I extends Item>(
  pages: AsyncIterable<readonly I[]>,
  { sink, rows, raw, rejected, total, flatten, onEvent, wrote, warn }: ItemOutputOptions<I>,
): Promise<void> {
  let count = 0
  let cut = 0
  const failed = { refused: 0, unknown: 0 }
  for await (const items of pages) {
    const written = items.flatMap((item) => rows(item))
    await sink.write(written)
    const of = (outcome: string): I[] => items.filter(({ fate }) => fate?.outcome === outcome)
    const [refused, unknown] = [of('refused'), of('unknown')]
    await rejected.refused?.add(refused.map(raw))
    await rejected.unknown?.add(unknown.map(raw))
    wrote?.(items)
    failed.refused += refused.length
    failed.unknown += unknown.length
    count += items.length
    cut += items.filter(({ fate }) => fate?.outcome === 'done' && fate.next !== undefined).length
    onEvent({ type: 'page', rows: items.length, cursor: count, end: total })
    if (refused.length + unknown.length > 0) {
      onEvent({ type: 'failed-items', refused: refused.length, unknown: unknown.length })
    }
  }
  await sink.close()
  if (cut > 0) {
    warn(
      `${cut.toLocaleString('en-US')} answers are pages with more rows behind them ("next"); get-all and get-by-id read on, this command does not.`,
    )
  }
  const lost = lostValues(sink.columns?.(), flatten)
  if (failed.refused + failed.unknown === 0 && lost !== undefined) throw lost
  if (lost !== undefined) warn(lost.message)
  if (failed.refused + failed.unknown > 0) throw itemsError(failed, count)
}

function itemsError({ refused, unknown }: { refused: number; unknown: number }, count: number): ItemsError {
  const whatHappened = [
    ...(refused === 0 ? [] : [`${refused.toLocaleString('en-US')} refused`]),
    ...(unknown === 0 ? [] : [`${unknown.toLocaleString('en-US')} of unknown outcome`]),
  ].join(' and ')
  return new ItemsError(
    `Of ${count.toLocaleString('en-US')} inputs ${whatHappened}.`,
    unknown === 0
      ? 'Their result lines say why ("ok":false).'
      : 'Their result lines say why ("ok":false). Look into the portal before you send those of unknown outcome again: they may have been carried out.',
  )
}
