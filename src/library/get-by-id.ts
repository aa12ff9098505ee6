import { UsageError } from '../errors.ts'
import { checkGetById } from '../operations/check-get-by-id.ts'
import { getById } from '../operations/get-by-id.ts'
import { type GivenId, idInputs } from './ids.ts'
import { checkInputs, type Id, type Inputs } from './inputs.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { checkedApi, checkMethod } from './method-name.ts'
import { checkSignal, type ClientSettings, refuseUnknown } from './options.ts'
import { paceOf, READS } from './pace.ts'
import { type InputParams, plainParams } from './parameters.ts'
import type { Run } from './results.ts'

export interface GetByIdOptions {
  /** `v3` for REST 3.0; the API that has the method if left out. */
  readonly api?: ApiVersion | undefined
  /** Parameter that takes the id, in brackets if it is nested: `filter[ENTITY_ID]`. Known for many methods; else `ID`. */
  readonly idParam?: string | undefined
  /** Parameters beside the id, the same for all. */
  readonly params?: InputParams | undefined
  /** Most requests in flight at a time, 1 to 50; 6 if left out. */
  readonly concurrency?: number | undefined
  /** Ends the run at once; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: readonly (keyof GetByIdOptions)[] = ['api', 'idParam', 'params', 'concurrency', 'signal']

/** Asks for ids, in their order. @throws UsageError at once for what cannot be right */
export function getByIdRun(
  method: string,
  ids: Inputs<Id>,
  options: GetByIdOptions,
  settings: ClientSettings,
): Run {
  checkMethod(method)
  checkInputs(ids, 'The ids')
  refuseUnknown(options, OPTIONS)
  checkSignal(options)
  const { idParam, params = {} } = options
  if (idParam !== undefined && typeof (idParam as unknown) !== 'string') {
    throw new UsageError('option', 'The option idParam must be a text.')
  }
  const request = { method, api: checkedApi(options, method), idParam, params: plainParams(params) }
  checkGetById(request)
  const pace = paceOf(options, settings, READS)
  return async function* (caller, signal) {
    for await (const items of getById(caller, request, idInputs(ids), { ...pace, signal })) {
      yield items.map(({ input, fate }) => {
        const { line, literal, given } = input as GivenId
        return { line, literal, given, fate }
      })
    }
  }
}
