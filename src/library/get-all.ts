import { wholeNumber } from '../config/values.ts'
import type { Caller } from '../engine/caller.ts'
import { UsageError } from '../errors.ts'
import { checkRequest, extract } from '../operations/extract.ts'
import { readShape, type WrittenShape } from '../operations/shape-options.ts'
import { checkRowsByIds, rowsByIds } from '../operations/rows-by-ids.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { idInputs } from './ids.ts'
import { checkInputs, type Id, type Inputs } from './inputs.ts'
import { checkedApi, checkMethod } from './method-name.ts'
import { checkedNumber, checkSignal, type ClientSettings, refuseUnknown } from './options.ts'
import { concurrencyOf, paceOf, ROWS } from './pace.ts'
import { type InputParams, userParameters, type Where } from './parameters.ts'

export interface GetAllOptions {
  /** `v3` for REST 3.0; the API that has the method if left out. */
  readonly api?: ApiVersion | undefined
  /** Rows to stop after; all if left out. */
  readonly limit?: number | undefined
  /** Only rows behind this id, to go on where another walk ended; for lists that are walked by id. */
  readonly afterId?: number | undefined
  /** Fields to get; masks such as `UF_*` stand for many. */
  readonly select?: readonly string[] | undefined
  /** Conditions besides those in the parameters. */
  readonly where?: readonly Where[] | undefined
  /** Where the rows of an answer are, if that is not known: `items`, `report.days`, `.` for the answer itself. */
  readonly rowsAt?: string | undefined
  /** What tells rows apart, if that is not known: `ID`, `id=ID` if filters spell it otherwise, `none`. */
  readonly rowId?: string | undefined
  /** How pages are reached, if that is not known: `keyset`, `start`, `offset:OFFSET,LIMIT,50`, `whole` … */
  readonly paging?: string | undefined
  /** `false`: sends parameters that are most likely misspelled, and leaves out those that are said to be needed. */
  readonly lint?: boolean | undefined
  /** Only rows with these ids, in their order; the rows can be gone through once then. */
  readonly ids?: Inputs<Id> | undefined
  /** Most requests in flight at a time, 1 to 50; as many as the portal gains from, up to 8, if left out; for ids 2. */
  readonly concurrency?: number | undefined
  /** Ends the walk; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: readonly (keyof GetAllOptions)[] = [
  'api',
  'limit',
  'afterId',
  'select',
  'where',
  'lint',
  'rowsAt',
  'rowId',
  'paging',
  'ids',
  'concurrency',
  'signal',
]

/** Hands over pages of rows of up to 50, never an empty one, and ends when all rows are there. */
export type Walk = (
  caller: Caller,
  give: (rows: readonly JsonText[]) => Promise<void>,
  signal: AbortSignal,
) => Promise<unknown>

/** All rows of a list method, or those with certain ids. @throws UsageError at once for what cannot be right */
export function getAllWalk(
  method: string,
  params: InputParams,
  options: GetAllOptions,
  settings: ClientSettings,
): Walk {
  checkMethod(method)
  refuseUnknown(options, OPTIONS)
  checkSignal(options)
  const { batchSize, onEvent } = settings
  const { ids } = options
  const limit = checkedNumber(options, 'limit', wholeNumber(1))
  const afterId = checkedNumber(options, 'afterId', wholeNumber(0))
  const parameters = {
    ...userParameters(params, options.where ?? [], options.select),
    shape: readShape(checkedTexts(options)),
    isUnchecked: options.lint === false,
  }
  const api = checkedApi(options, method)
  const request = { method, api, parameters, limit, afterId, batchSize, concurrency: concurrencyOf(options) }
  if (ids === undefined) {
    checkRequest(request)
    return (caller, give, signal) => extract(caller, request, sinkInto(give), { signal, onEvent })
  }
  checkRowsByIds(request)
  checkInputs(ids, 'The ids')
  const pace = paceOf(options, settings, ROWS)
  return (caller, give, signal) =>
    rowsByIds(caller, request, idInputs(ids), sinkInto(give), {
      ...pace,
      signal,
      // Ids, of which a request has so many.
      window: Math.max(pace.window, 2 * pace.lanes * batchSize * PAGE_ROWS),
      total: undefined,
    })
}

function checkedTexts({ rowsAt, rowId, paging }: GetAllOptions): WrittenShape {
  for (const [name, value] of Object.entries({ rowsAt, rowId, paging })) {
    if (value === undefined || typeof (value as unknown) === 'string') continue
    throw new UsageError('option', `The option ${name} must be a text.`)
  }
  return { rowsAt, rowId, paging }
}

function sinkInto(give: (rows: readonly JsonText[]) => Promise<void>): () => Promise<{
  write(rows: readonly JsonText[]): Promise<void>
  close(): Promise<void>
}> {
  const sink = {
    async write(rows: readonly JsonText[]): Promise<void> {
      for (let at = 0; at < rows.length; at += PAGE_ROWS) await give(rows.slice(at, at + PAGE_ROWS))
    },
    close: () => Promise.resolve(),
  }
  return () => Promise.resolve(sink)
}
