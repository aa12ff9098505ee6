import { UsageError } from '../errors.ts'
import { byIdMethod } from '../protocol/by-id-methods.ts'
import { callKind, isMethodName, NOT_IN_BATCH } from '../protocol/methods/reads.ts'
import { bracketName, bracketPath, isMap } from '../protocol/params.ts'
import type { Params, ParamValue } from '../protocol/types.ts'
import { checkClauses } from './check-clauses.ts'
import type { GetByIdRequest } from './get-by-id.ts'

/**
 * Checks what ids are to be asked for with, before anything is sent.
 *
 * @throws UsageError for a method that is none or that changes something, the id or `start` among the parameters, and for
 * parameters that are missing
 */
export function checkGetById({ method, api, idParam, params }: GetByIdRequest): void {
  if (!isMethodName(method)) {
    throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.get.')
  }
  if (callKind(method) !== 'read' || NOT_IN_BATCH.has(method.toLowerCase())) {
    throw new UsageError(
      'not-a-read',
      `${method} is not known to only read, and may change something in the portal.`,
      'get-by-id is for methods such as crm.deal.get; for others use bx24 call.',
    )
  }
  checkClauses(params)
  const about = byIdMethod(method, api)
  if (api === 'v3' && about.answers === 'list') {
    throw new UsageError(
      'list-by-id',
      `${method} answers a list, and REST 3.0 does not say where one ends.`,
      `Get it by bx24 get-all ${method} --api v3 --where 'FIELD in ID,ID'.`,
    )
  }
  const path = bracketPath(idParam ?? about.idParam)
  const given = spelledAt(params, path)
  if (given !== undefined) {
    throw new UsageError(
      'id-among-parameters',
      `The parameter ${given} is given, but that is where each id goes.`,
      'Leave it out, or say with --id-param where the ids go.',
    )
  }
  if ('start' in params) {
    throw new UsageError('walk-owns', '"start" cannot be given: lists are followed to their end.')
  }
  for (const alternatives of about.needs) {
    if (alternatives.some((name) => spelledAt(params, bracketPath(name)) !== undefined)) continue
    throw new UsageError(
      'parameter-missing',
      `${method} needs ${alternatives.join(' or ')}.`,
      `Add -p '${alternatives[0] ?? ''}=…'.`,
    )
  }
}

/** The name of the parameter at `path` as it is spelled there, in whatever casing; `undefined` if there is none. */
function spelledAt(params: Params, path: readonly string[]): string | undefined {
  const spelled: string[] = []
  let value: ParamValue = params
  for (const step of path) {
    if (!isMap(value)) return undefined
    const name: string | undefined = Object.keys(value).find(
      (key) => key.toLowerCase() === step.toLowerCase(),
    )
    if (name === undefined) return undefined
    spelled.push(name)
    value = value[name] ?? null
  }
  return bracketName(spelled)
}
