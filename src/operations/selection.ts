import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { bracketName } from '../protocol/params.ts'
import { paramAt } from '../protocol/places.ts'
import type { Params } from '../protocol/types.ts'
import { checkSpelling } from './check-spelling.ts'
import { typeName } from './type-name.ts'

/** The fields to select, from the option or from the method's own parameter. @throws UsageError */
export function selection(
  params: Params,
  option: readonly string[] | undefined,
  method: ListMethod,
): readonly string[] | undefined {
  const { select } = method
  const name = bracketName(select ?? [])
  const clause = select && paramAt(params, select)
  if (option !== undefined && clause !== undefined) {
    throw new UsageError(
      'select-twice',
      `--select and the parameter "${name}" are both given.`,
      'Keep one of them.',
    )
  }
  if (option !== undefined && select === undefined) {
    throw new UsageError(
      'no-select',
      `${method.method} is not known to select fields.`,
      'Leave --select out and pick fields from the output.',
    )
  }
  if (option !== undefined) return option.map((name) => checkSpelling(name, method, params))
  if (clause === undefined) return undefined
  const list = typeof clause === 'string' ? [clause] : clause
  if (
    !Array.isArray(list) ||
    !list.every((field): field is string => typeof field === 'string' && field !== '')
  ) {
    throw new UsageError(
      'clause-type',
      `"${name}" must be a list of field names, not ${typeName(clause)}.`,
      `Write --select ID,TITLE or -p '${name}[]=ID'.`,
    )
  }
  return list.length === 0 ? undefined : list.map((name) => checkSpelling(name, method, params))
}
