import { readIds } from '../input/ids.ts'
import type { InputId } from '../input/input-row.ts'
import type { ExtractRequest } from '../operations/extract.ts'
import { checkRowsByIds, rowsByIds } from '../operations/rows-by-ids.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { previewed } from './checked-input.ts'
import type { Context } from './context.ts'
import { openInput } from './input-options.ts'
import { lanesOf } from './lanes.ts'
import type { LoadedSettings } from './load-settings.ts'
import { type PortalRun, runOnPortal } from './portal-run.ts'

/** Requests in flight for ids; each brings up to 2,500 rows. */
const LANES = 2

type PartOfRun = 'method' | 'flags' | 'sandbox' | 'output' | 'inputs' | 'lanes' | 'canSelect' | 'signal'

export interface ByIds {
  readonly params: string | undefined
  readonly paramJson: readonly string[]
  /** Where ids are in the file; `undefined`: found by its look. */
  readonly idsFrom: string | undefined
  readonly request: ExtractRequest
  readonly run: Pick<PortalRun, PartOfRun>
}

/** Rows of a list by the ids in a file, or in standard input if it is named `-`. @throws UsageError */
export async function getAllByIds(
  name: string,
  { request, run, idsFrom, ...parameters }: ByIds,
  settings: LoadedSettings,
  context: Context,
): Promise<void> {
  checkRowsByIds(request)
  const opened = openInput(name, context, parameters)
  const read = (): AsyncGenerator<InputId> => readIds(opened.source, { encoding: 'utf-8', from: idsFrom })
  const preview = await previewed(opened, read, 1, run.signal ?? context.signal)
  const count = preview.isCounted ? preview.count : undefined
  const lanes = lanesOf(LANES, settings)
  await runOnPortal(
    {
      ...run,
      lanes,
      inputs: opened.file === undefined ? run.inputs : [...run.inputs, opened.file],
      rowsWanted: Math.min(request.limit ?? Infinity, count ?? Infinity),
      gathersRows: true,
      async work({ caller, onEvent, openSink }) {
        const { batchSize, retries, maxWait: maxWaitMs } = settings.values
        await rowsByIds(caller, request, preview.inputs, openSink, {
          signal: run.signal ?? context.signal,
          onEvent,
          total: count,
          batchSize,
          firstSize: batchSize,
          lanes,
          retries,
          maxWaitMs,
          // Ids; the rows of as many pages as that may be held.
          window: 2 * lanes * batchSize * PAGE_ROWS,
        })
      },
    },
    settings,
    context,
  )
}
