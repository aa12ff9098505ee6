import type { Caller } from '../engine/caller.ts'
import type { Cell, EventListener } from '../engine/events.ts'
import { idOf } from '../strategies/rows.ts'
import { probeCount, surveyList } from '../strategies/survey.ts'
import type { ListQuery, Page } from '../strategies/strategy.ts'

/** Rows that must be expected for a survey: a smaller list is read before anybody looks. */
const WORTHWHILE_ROWS = 5_000

export interface SurveyOptions {
  readonly caller: Caller
  readonly query: ListQuery
  /** How many rows will be taken at the most. */
  readonly rowsWanted: number
  readonly signal: AbortSignal
  readonly onEvent: EventListener
}

export interface SurveyBeside {
  /** Takes note of a page; the first one decides whether there is a survey. */
  page(page: Page): void
  /** Breaks off a survey that is still on its way. */
  end(): Promise<void>
}

/**
 * Surveys a list beside its walk, once, so that progress can be told by more than the range of ids. It is for show: the
 * walk does not wait for it, and a survey that fails is none. Reports exactly one `survey` event, unless it is ended
 * before.
 */
export function surveyBeside({ caller, query, rowsWanted, signal, onEvent }: SurveyOptions): SurveyBeside {
  const startedAt = Date.now()
  const over = new AbortController()
  let survey: Promise<void> | undefined

  async function report(work: Promise<readonly Cell[]>): Promise<void> {
    const cells = await work.catch((): readonly Cell[] => [])
    if (!over.signal.aborted && !signal.aborted) onEvent({ type: 'survey', cells })
  }

  return {
    page(page) {
      if (survey !== undefined) return
      // The first answer brought two pages, so a page took half of that at the most.
      const count = probeCount((Date.now() - startedAt) / 2_000)
      const { cursor: after, end: upTo } = page
      const isWorthIt = count > 0 && Math.min(rowsWanted, rowsAhead(query, page)) > WORTHWHILE_ROWS
      const both = AbortSignal.any([signal, over.signal])
      survey = report(
        isWorthIt && upTo !== undefined
          ? surveyList(caller, query, { after, upTo }, count, both)
          : Promise.resolve([]),
      )
    },
    async end() {
      over.abort(new Error('the walk has ended'))
      await survey
    },
  }
}

/** Rows to be expected behind the first page if the others lie like its own; 0 where they are not walked by id. */
function rowsAhead({ method }: ListQuery, { rows, cursor, end }: Page): number {
  const first = rows[0] === undefined ? undefined : idOf(rows[0], method.idInRows)
  if (method.walk !== 'keyset' || end === undefined || first === undefined || cursor <= first) return 0
  return ((end - cursor) * (rows.length - 1)) / (cursor - first)
}
