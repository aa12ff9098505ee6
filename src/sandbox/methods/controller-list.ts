import type { Field } from '../data/fields.ts'
import { PREFIXES } from '../query/comparison.ts'
import { readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import type { PhpArray } from '../values.ts'
import type { ListQuery } from './method.ts'

const CONTROLLER_PREFIXES = new Set([...PREFIXES.keys()].filter((sign) => sign !== '*'))

/** Filter and order as the newer CRM methods read them: what they do not know is refused, groups are allowed. */
export function controllerQuery(
  params: PhpArray,
  fieldOf: (name: string) => Field | undefined,
): Pick<ListQuery, 'selection' | 'order'> {
  return {
    selection: readFilter(params.get('filter'), {
      prefixes: CONTROLLER_PREFIXES,
      unknownField: 'refuse',
      arrayComparison: 'refuse',
      hasGroups: true,
      fieldOf,
    }),
    order: readOrder(
      params.get('order'),
      fieldOf,
      (name) => new Refusal('INVALID_ARG_VALUE', `Invalid order: field '${name}' is not allowed in order`),
    ),
  }
}
