import { UsageError } from '../errors.ts'
import { isMap } from '../protocol/params.ts'
import type { Params, ParamValue } from '../protocol/types.ts'
import { typeName } from './type-name.ts'

interface ClauseRule {
  readonly isRight: (value: ParamValue) => boolean
  readonly wanted: string
}

const NUMBER: ClauseRule = { isRight: isNumberText, wanted: 'a number' }

/** What the well-known parameters of methods have to be; in another form the portal passes them over without a word. */
const CLAUSES: Readonly<Record<string, ClauseRule>> = {
  fields: { isRight: (value) => isMap(value) || isEmptyList(value), wanted: 'a map of fields' },
  filter: { isRight: (value) => typeof value === 'object' && value !== null, wanted: 'a map of conditions' },
  select: { isRight: Array.isArray, wanted: 'a list of names' },
  order: { isRight: (value) => isMap(value) || typeof value === 'string', wanted: 'a map of names' },
  cmd: { isRight: (value) => typeof value === 'object' && value !== null, wanted: 'a map of commands' },
  start: NUMBER,
  limit: NUMBER,
}

/** Names that the portal takes for credentials. */
const RESERVED = new Set([
  'auth',
  'access_token',
  'refresh_token',
  'client_secret',
  'token',
  'auth_connector',
  'state',
])

/**
 * Checks parameters of any method for what cannot be meant: clauses of the wrong type, one name in two casings (the portal
 * folds them and lets the later one win), and credentials.
 *
 * @throws UsageError
 */
export function checkClauses(params: Params): void {
  const spelled = new Map<string, string>()
  for (const [name, value] of Object.entries(params)) {
    const folded = name.toLowerCase()
    const other = spelled.get(folded)
    if (other !== undefined) {
      throw new UsageError(
        'name-twice',
        `"${other}" and "${name}" are the same to the portal, and the later one would win.`,
        'Keep one of them.',
      )
    }
    spelled.set(folded, name)
    if (RESERVED.has(folded)) {
      throw new UsageError(
        'reserved-name',
        `"${name}" is not for parameters: the portal takes it as a credential.`,
        'Credentials come from BX24_WEBHOOK or BX24_WEBHOOK_FILE.',
      )
    }
    const rule = Object.hasOwn(CLAUSES, folded) ? CLAUSES[folded] : undefined
    if (rule !== undefined && !rule.isRight(value)) {
      throw new UsageError(
        'clause-type',
        `"${name}" must be ${rule.wanted}, not ${typeName(value)}.`,
        'See the documentation of the method for what it holds.',
      )
    }
  }
}

function isEmptyList(value: ParamValue): boolean {
  return Array.isArray(value) && value.length === 0
}

function isNumberText(value: ParamValue): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value))
}
