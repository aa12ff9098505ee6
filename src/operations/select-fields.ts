import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { EntityFields } from './entity-fields.ts'

/** Masks that the portal knows itself, but for REST 3.0, which has none: all fields of the house, and all made by users. */
const PORTAL_MASKS = new Set(['*', 'UF_*'])

/** Whether a name in a selection stands for fields that the portal chooses. */
export function isPortalMask(field: string): boolean {
  return PORTAL_MASKS.has(field)
}

/**
 * A selection without masks that the portal does not know: `ufCrm*` becomes the fields of that kind, as the method
 * that describes the entity names them. Costs one call, and only if there is such a mask.
 *
 * @throws UsageError if a mask fits no field, or the method's fields cannot be asked for; whatever the caller throws
 */
export async function expandedSelection(
  select: readonly string[],
  { api, method }: ListMethod,
  fields: EntityFields,
): Promise<readonly string[]> {
  const isMask = (field: string): boolean => field.includes('*') && (api === 'v3' || !isPortalMask(field))
  if (!select.some(isMask)) return select
  const names = (await fields())?.map(({ name }) => name)
  if (names === undefined) {
    throw new UsageError(
      'mask-unknown',
      `Masks such as ufCrm* cannot be used with ${method}: its fields cannot be asked for.`,
      api === 'v3' ? 'Name the fields one by one.' : 'Name the fields one by one, or use * and UF_*.',
    )
  }
  const chosen = select.flatMap((field) => {
    if (!isMask(field)) return [field]
    const pattern = new RegExp(`^${field.split('*').map(escapeRegExp).join('.*')}$`)
    const fitting = names.filter((name) => pattern.test(name))
    if (fitting.length > 0) return fitting
    throw new UsageError(
      'mask-without-field',
      `No field of ${method} fits "${field}".`,
      `Its fields are spelled like ${names.slice(0, 3).join(', ')}.`,
    )
  })
  return [...new Set(chosen)]
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
