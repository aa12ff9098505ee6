import type { ParamValue } from '../protocol/types.ts'

/** What a value is, in words for messages. */
export function typeName(value: ParamValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : `${typeof value} "${String(value)}"`
}
