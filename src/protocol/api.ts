import { listMethod } from './methods/table.ts'
import type { ApiVersion } from './types.ts'

/**
 * Methods that exist in REST 3.0 only, by the beginnings of their names.
 * https://apidocs.bitrix24.com/api-reference/rest-v3/index.html
 */
const ONLY_V3: readonly RegExp[] = [
  /^(?:mail|note|call\.followup|main\.eventlog|humanresources\.(?:node|employee)|timeman\.record)\./,
  /^tasks\.task\.(?:access|chat|field|file)\./,
  /^tasks\.task\.result\.addfromchatmessage$/,
  /^rest\.documentation\./,
  /^documentation$/,
]

/** The API to call a method by: the one that was asked for, else the only one that has it, else the older one. */
export function apiOf(method: string, wanted: ApiVersion | undefined): ApiVersion {
  if (wanted !== undefined) return wanted
  const name = method.toLowerCase()
  if (listMethod(name, 'v2') !== undefined) return 'v2'
  if (listMethod(name, 'v3') !== undefined) return 'v3'
  return ONLY_V3.some((pattern) => pattern.test(name)) ? 'v3' : 'v2'
}
