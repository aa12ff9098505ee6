import { UsageError } from '../errors.ts'
import type { ListMethod, Paging } from '../protocol/methods/list-method.ts'
import type { Params } from '../protocol/types.ts'
import { ALL_PREFIXES, clauseNames } from '../strategies/recognise/clauses.ts'
import type { Settled } from '../strategies/recognise/recognise.ts'

/**
 * What is known of a method, with what the user says of it instead. One that is not known stays so until everything of it
 * was said.
 *
 * @throws UsageError if a list is to be walked by an id that nobody has named
 */
export function shaped(method: ListMethod, shape: Settled | undefined, params: Params): ListMethod {
  if (shape === undefined) return method
  const { rows, paging } = shape
  const id = shape.id === undefined ? method.id : (shape.id ?? undefined)
  const isSettled = rows !== undefined && shape.id !== undefined && paging !== undefined
  const { isUnknown, ...others } = method
  const said: ListMethod = {
    ...others,
    ...(isUnknown === true && !isSettled ? { isUnknown } : {}),
    isRecognised: true,
    rows: rows ?? method.rows,
    id,
    paging: paging ?? method.paging,
  }
  return isById(said.paging)
    ? walkedById(said, params)
    : { ...said, idOrder: id === method.id ? method.idOrder : {} }
}

function isById({ by }: Paging): boolean {
  return by === 'keyset' || by === 'id-filter'
}

function walkedById(method: ListMethod, params: Params): ListMethod {
  const { id, api, filter } = method
  if (id === undefined || !id.isNumber) {
    throw new UsageError(
      'row-id',
      `${method.method} is to be walked by id, and it is not known what that is called.`,
      'Say so with --row-id, such as --row-id ID.',
    )
  }
  const names = clauseNames(params)
  const [order = [names.order], direction] = method.orderAt
  return {
    ...method,
    filter: filter ?? {
      at: [names.filter],
      form: api === 'v3' ? 'conditions' : 'map',
      prefixes: ALL_PREFIXES,
    },
    orderAt: method.orderAt.length === 0 ? [order] : method.orderAt,
    idOrder:
      direction === undefined
        ? order.reduceRight<Params>((inner, name) => ({ [name]: inner }), { [id.inFilter]: 'ASC' })
        : { [order.join('.')]: id.inFilter, [direction.join('.')]: 'ASC' },
  }
}
