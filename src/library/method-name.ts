import { UsageError } from '../errors.ts'
import { apiOf } from '../protocol/api.ts'
import { isMethodName } from '../protocol/methods/reads.ts'
import type { ApiVersion } from '../protocol/types.ts'

/** @throws UsageError for what is no name of a method */
export function checkMethod(method: unknown): asserts method is string {
  if (typeof method !== 'string') throw new UsageError('option', 'The method must be a text.')
  if (isMethodName(method)) return
  throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.list.')
}

/** The API to call a method by. @throws UsageError for one that does not exist */
export function checkedApi({ api }: { readonly api?: unknown }, method: string): ApiVersion {
  if (api === undefined || api === 'v2' || api === 'v3') return apiOf(method, api)
  throw new UsageError('option', 'The option api must be v2 or v3.')
}
