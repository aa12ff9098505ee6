import type { Field } from '../data/fields.ts'
import type { Refusal } from '../refusal.ts'
import { type Value, isArray, toText } from '../values.ts'

export interface OrderKey {
  readonly field: Field
  readonly isDescending: boolean
}

/** Anything but ASC, in any case, is descending. */
export function isDescending(direction: Value): boolean {
  return toText(direction).trim().toUpperCase() !== 'ASC'
}

/**
 * Reads an order map. `refusal`: what the method family answers to an unknown field; undefined if it ignores it.
 * @throws Refusal
 */
export function readOrder(
  order: Value | undefined,
  fieldOf: (name: string) => Field | undefined,
  refusal?: (name: string) => Refusal,
): OrderKey[] {
  if (!isArray(order)) return []
  const keys: OrderKey[] = []
  for (const [name, direction] of order.entries()) {
    const field = fieldOf(name)
    if (field !== undefined) keys.push({ field, isDescending: isDescending(direction) })
    else if (refusal !== undefined) throw refusal(name)
  }
  return keys
}
