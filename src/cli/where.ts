import { UsageError } from '../errors.ts'
import type { Condition, Operator } from '../operations/conditions.ts'

const COMPARISON = /^\s*([A-Za-z_]\w*)\s*(>=|<=|!=|=|>|<|~)\s*(.*?)\s*$/s
const MEMBERSHIP = /^\s*([A-Za-z_]\w*)\s+(in|not-in)\s+(.*?)\s*$/is

/**
 * Reads one `--where`: `FIELD OP VALUE` with `= != > >= < <= ~`, or `FIELD in A,B` and `FIELD not-in A,B`.
 * The value is taken as it stands, without the blanks around it.
 *
 * @throws UsageError
 */
export function parseCondition(text: string): Condition {
  const member = MEMBERSHIP.exec(text)
  if (member !== null) {
    const values = (member[3] ?? '').split(',').map((value) => value.trim())
    if (values.some((value) => value === '')) {
      throw malformed(text, 'has an empty value in its list')
    }
    return { field: member[1] ?? '', operator: (member[2] ?? '').toLowerCase() as Operator, value: values }
  }
  const comparison = COMPARISON.exec(text)
  if (comparison === null) throw malformed(text, 'is no condition')
  const [, field = '', operator, value = ''] = comparison
  // A value may begin so behind a blank: `TITLE = =1+1`.
  if (/^[=<>!~]/.test(value) && !/\s/.test(text.charAt(text.lastIndexOf(value) - 1))) {
    throw malformed(text, `has no operator "${operator ?? ''}${value.charAt(0)}" to understand`)
  }
  if (/^(['"])(?:(?!\1).)*\1$/s.test(value))
    throw malformed(text, 'has quotes around its value, which would be compared too')
  return { field, operator: operator as Operator, value }
}

function malformed(text: string, what: string): UsageError {
  return new UsageError(
    'where',
    `--where "${text}" ${what}.`,
    "Write --where 'OPPORTUNITY >= 1000', --where 'TITLE ~ pump' or --where 'STAGE_ID in NEW,WON'.",
  )
}
