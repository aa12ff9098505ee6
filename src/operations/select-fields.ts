import { type Caller } from '../engine/caller.ts'
import { UsageError } from '../errors.ts'
import { type ListMethod } from '../protocol/methods.ts'
import { type Params } from '../protocol/types.ts'

/** Masks that the portal knows itself: all fields of the house, and all made by users. */
const PORTAL_MASKS = new Set(['*', 'UF_*'])

/**
 * A selection without masks that the portal does not know: `ufCrm*` becomes the fields of that kind, as the method
 * that describes the entity names them. Costs one call, and only if there is such a mask.
 *
 * @throws UsageError if a mask fits no field, or the method's fields cannot be asked for; whatever the caller throws
 */
export async function expandedSelection(
  caller: Caller,
  select: readonly string[],
  method: ListMethod,
  params: Params,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!select.some(isMask)) return select
  const names = await fieldNames(caller, method, params, signal)
  const chosen = select.flatMap((field) => {
    if (!isMask(field)) return [field]
    const pattern = new RegExp(`^${field.split('*').map(escapeRegExp).join('.*')}$`)
    const fitting = names.filter((name) => pattern.test(name))
    if (fitting.length > 0) return fitting
    throw new UsageError(
      'mask-without-field',
      `No field of ${method.method} fits "${field}".`,
      `Its fields are spelled like ${names.slice(0, 3).join(', ')}.`,
    )
  })
  return [...new Set(chosen)]
}

async function fieldNames(
  caller: Caller,
  method: ListMethod,
  params: Params,
  signal: AbortSignal,
): Promise<string[]> {
  const { fields } = method
  if (fields === undefined) {
    throw new UsageError(
      'mask-unknown',
      `Masks such as ufCrm* cannot be used with ${method.method}: its fields cannot be asked for.`,
      'Name the fields one by one, or use * and UF_*.',
    )
  }
  const needed = Object.fromEntries(fields.needs.map((name) => [name, params[name] ?? '']))
  const { result } = await caller.call(
    { method: fields.method, params: needed },
    { signal, expectedSeconds: 0.2 },
  )
  const map = fields.at === '' ? result : result.member(fields.at)
  return [...(map?.members() ?? [])].map(({ name }) => name)
}

function isMask(field: string): boolean {
  return field.includes('*') && !PORTAL_MASKS.has(field)
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
