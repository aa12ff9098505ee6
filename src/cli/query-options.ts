import { parseFlag } from '../config/settings.ts'
import type { UserParameters } from '../operations/list-query.ts'
import { readShape, type WrittenShape } from '../operations/shape-options.ts'
import { apiOf } from '../protocol/api.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { abortable } from '../lib/abortable.ts'
import type { Context } from './context.ts'
import { RUN_OPTIONS } from './options.ts'
import { type ParameterOptions, readParameters } from './parameters.ts'

const { api, param, paramJson, params, where, rowsAt, rowId, paging, noLint } = RUN_OPTIONS

/** Which rows of which list, for commands that say something about what `get-all` would read. */
export const QUERY_OPTIONS = {
  api,
  param,
  paramJson,
  params,
  where,
  noLint,
  rowsAt,
  rowId,
  paging,
} as const

export interface QueryOptions extends ParameterOptions {
  readonly method: string
  readonly api: ApiVersion
  /** `--rows-at`, `--row-id`, `--paging`. */
  readonly shape: WrittenShape
  /** `--no-lint` */
  readonly isUnchecked: boolean
}

/** @throws UsageError */
export function readQueryOptions(method: string, flags: Readonly<Record<string, unknown>>): QueryOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const wanted = one('api')
  return {
    method,
    api: apiOf(method, wanted === undefined ? undefined : parseFlag(api.parse, 'api', wanted)),
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    where: several('where'),
    select: one('select'),
    shape: { rowsAt: one('rowsAt'), rowId: one('rowId'), paging: one('paging') },
    isUnchecked: flags['lint'] === false,
  }
}

/** Reads the files that the options name. @throws UsageError */
export async function readQuery(options: QueryOptions, context: Context): Promise<UserParameters> {
  const parameters = await abortable(readParameters(options, context), context.signal)
  return { ...parameters, isUnchecked: options.isUnchecked, shape: readShape(options.shape) }
}
