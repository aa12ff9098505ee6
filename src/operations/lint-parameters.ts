import { UsageError } from '../errors.ts'
import { nearest } from '../lib/nearest.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { bracketPath } from '../protocol/params.ts'
import type { Params } from '../protocol/types.ts'
import { placesOfWalk } from './places-of-walk.ts'

const NO_LINT = '--no-lint sends it as it is.'

/**
 * Looks for parameters that cannot be meant: portals drop names that they do not know without a word, and answer as if
 * nothing had been asked for. Only what stands outermost is looked at; of filters, see `checkSpelling`.
 *
 * @returns what is merely not known, as sentences
 * @throws UsageError for a name that is a known one in another casing, or nearly
 */
export function lintParameters(params: Params, method: ListMethod): string[] {
  const { isUnknown, filter, positions } = method
  // Where conditions are parameters of their own, any field may stand there.
  if (isUnknown === true || filter?.at.length === 0 || positions !== undefined) return []
  const known = knownNames(method)
  const warnings: string[] = []
  for (const name of Object.keys(params)) {
    if (known.has(name)) continue
    const meant = nearest(name, [...known])
    if (meant === undefined) {
      warnings.push(
        `"${name}" is not known to ${method.method}, and a portal passes over what it does not know`,
      )
      continue
    }
    const isCasing = meant.toLowerCase() === name.toLowerCase()
    throw new UsageError(
      'parameter-spelling',
      isCasing
        ? `${method.method} has "${meant}" (in this casing, not "${name}").`
        : `"${name}" is not known to ${method.method}, which has "${meant}".`,
      `Write ${meant}. ${NO_LINT}`,
    )
  }
  return warnings
}

/** The outermost names of all parameters that a method is known to have. */
function knownNames(method: ListMethod): Set<string> {
  const { filter, select, orderAt, paging, idOrder, needs, takes, fields } = method
  const places = [filter?.at, select, ...orderAt, ...placesOfWalk(paging)]
  const named = [...needs.flat().flatMap((names) => names.split('+')), ...takes]
  return new Set([
    ...places.flatMap((place) => place?.[0] ?? []),
    ...Object.keys(idOrder),
    ...named.flatMap((name) => bracketPath(name)[0] ?? []),
    ...(fields?.needs ?? []),
    ...FURTHER.filter(({ of }) => of.test(method.method)).flatMap(({ names }) => names),
  ])
}

/** Parameters that whole families of methods take besides. https://apidocs.bitrix24.com/api-reference */
const FURTHER: readonly { readonly of: RegExp; readonly names: readonly string[] }[] = [
  { of: /^crm\.item\./i, names: ['useOriginalUfNames'] },
  { of: /^user\./i, names: ['ADMIN_MODE'] },
]

/** The same method with nothing that is checked only because it is most likely a mistake. */
export function unlinted(method: ListMethod): ListMethod {
  return { ...method, needs: [], fieldSpelling: undefined }
}
