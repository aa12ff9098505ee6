import type { EventListener } from '../engine/events.ts'
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
import type { Proof } from './proof.ts'
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
  /** What is kept of the run for a manifest. */
  readonly kept: Proof | undefined
}

/** Rows of a list by the ids in a file, or in standard input if it is named `-`. @throws UsageError */
export async function getAllByIds(
  name: string,
  { request, run, idsFrom, kept, ...parameters }: ByIds,
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
      async work({ caller: engine, host, userId, onEvent: tell, openSink }) {
        const { batchSize, retries, maxWait: maxWaitMs } = settings.values
        const caller = kept?.watched(engine, host, userId) ?? engine
        const onEvent: EventListener = (event) => {
          if (event.type === 'page' && kept !== undefined) kept.audit.rows += event.rows
          tell(event)
        }
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
        if (kept !== undefined) kept.audit.end = { by: 'ids' }
      },
    },
    settings,
    context,
  )
}
