import { UsageError } from '../errors.ts'
import { isMethodName } from '../protocol/methods/reads.ts'

/** @throws UsageError for what is no name of a method */
export function checkMethod(method: unknown): asserts method is string {
  if (typeof method !== 'string') throw new UsageError('option', 'The method must be a text.')
  if (isMethodName(method)) return
  throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.list.')
}
