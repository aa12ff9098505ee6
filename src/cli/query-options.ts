import { parseFlag } from '../config/settings.ts'
import { apiOf } from '../protocol/api.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { RUN_OPTIONS } from './options.ts'
import type { ParameterOptions } from './parameters.ts'

const { api, param, paramJson, params, where } = RUN_OPTIONS

/** Which rows of which list, for commands that say something about what `get-all` would read. */
export const QUERY_OPTIONS = { api, param, paramJson, params, where } as const

export interface QueryOptions extends ParameterOptions {
  readonly method: string
  readonly api: ApiVersion
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
  }
}
