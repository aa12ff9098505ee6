import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { isMethodName, isRead } from '../protocol/methods/reads.ts'
import { type FindMethod, listMethod, unknownListMethod } from '../protocol/methods/table.ts'
import { bracketName, isMap, toQuery } from '../protocol/params.ts'
import { apiOf } from '../protocol/api.ts'
import { paramAt, type Place, withParamAt } from '../protocol/places.ts'
import type { ApiVersion, ParamMap, Params, ParamValue } from '../protocol/types.ts'
import { withConditions } from '../strategies/list-command.ts'
import type { Settled } from '../strategies/recognise/recognise.ts'
import type { IdRange, ListQuery } from '../strategies/strategy.ts'
import { placesOfWalk } from './places-of-walk.ts'
import { checkedFilter, checkedValue } from './check-values.ts'
import { type Condition, withWhere } from './conditions.ts'
import { lintParameters, unlinted } from './lint-parameters.ts'
import { refuseMissing } from './needs.ts'
import { namedParameters } from './positions.ts'
import { refuseReserved } from './reserved-names.ts'
import { shaped } from './list-shape.ts'
import { selection } from './selection.ts'
import { typeName } from './type-name.ts'
import { v3Query } from './v3-query.ts'

/** What the user asks for, as given: nothing checked yet. */
export interface UserParameters {
  readonly params: Params
  readonly where: readonly Condition[]
  /** Fields of `--select`, masks included; `undefined` if not given. */
  readonly select: readonly string[] | undefined
  /** Whether what is merely likely to be a mistake is sent as it is. */
  readonly isUnchecked?: boolean | undefined
  /** What the user says of the list: it goes before what is known of the method. */
  readonly shape?: Settled | undefined
}

/** A query that can be sent, but for masks in its selection. */
export interface CheckedQuery {
  readonly query: ListQuery
  /** Fields to select, masks included; `undefined`: whatever the portal selects by itself. */
  readonly select: readonly string[] | undefined
  /** What may be a mistake, as sentences. */
  readonly warnings: readonly string[]
}

/**
 * Checks what the user asks for and turns it into what the portal expects, before anything is sent: names in the
 * casing of the method, conditions in its filter, yes and no as it writes them, bounds on the id as the ends of the walk.
 *
 * @param find where methods are looked up
 * @throws UsageError naming what is wrong and what to write instead
 */
export function checkedQuery(
  methodName: string,
  given: UserParameters,
  api: ApiVersion = apiOf(methodName, undefined),
  find: FindMethod = listMethod,
): CheckedQuery {
  if (!isMethodName(methodName)) {
    throw new UsageError(
      'method-name',
      `"${methodName}" is no method name.`,
      'Names look like crm.deal.list.',
    )
  }
  const known = find(methodName, api)
  if (known === undefined && !isRead(methodName)) {
    throw new UsageError(
      'not-a-list',
      `${methodName} is not known to answer a list, and may change something in the portal.`,
      'get-all is for methods that list rows, such as crm.deal.list.',
    )
  }
  const found = shaped(known ?? unknownListMethod(methodName, api), given.shape, given.params)
  const method = given.isUnchecked === true ? unlinted(found) : found
  refuseChange(method)
  const params = withDocumentedNames(namedParameters(given.params, method), method)
  refuseWhatTheWalkOwns(params, method)
  const warnings = given.isUnchecked === true ? [] : lintParameters(params, method)
  if (api === 'v3') {
    const select = selection(params, given.select, method)
    return { select, warnings, query: { method, ...v3Query(params, given.where, method) } }
  }

  const filterAt = method.filter?.at ?? []
  // Where each condition is a parameter of its own, those that are given as such are left as they are.
  const own = filterAt.length === 0 ? {} : clauseMap(params, filterAt)
  const filter = checkedFilter(withWhere(own, given.where, method), method, params)
  refuseTwice(filterAt, filter, params)
  const { range, rest } =
    method.paging.by === 'keyset' ? takeIdBounds(filter, method) : { range: OPEN, rest: filter }
  const select = selection(params, given.select, method)

  const clauses = [filterAt, method.select ?? []].filter((at) => at.length > 0)
  const others = clauses.reduce((left, at) => withParamAt(left, at, undefined), params)
  const plain = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, checkedValue([name], value)]),
  )
  const checked = withConditions(plain, method.filter, rest)
  refuseMissing(checked, method)
  // Whatever a batch cannot carry is found now, not when the first batch is sent.
  if (method.api === 'v2' && method.positions === undefined) toQuery(checked)
  return { select, warnings, query: { method, range, params: checked } }
}

/** @throws UsageError for what is changed by reading it */
function refuseChange({ method, changesState }: ListMethod): void {
  if (changesState === undefined) return
  throw new UsageError(
    'changes-state',
    `${method} is not read to its end by itself: ${changesState}.`,
    'bx24 call sends it once, and once only.',
  )
}

const OPEN: IdRange = { after: undefined, upTo: undefined }

/**
 * Names of clauses in the casing that the method documents. The portal folds some of them and lets the last one win,
 * so a second spelling of the same name would silently replace the first.
 */
function withDocumentedNames(params: Params, method: ListMethod): Params {
  const documented = new Map(
    [
      ['start'],
      ['limit'],
      method.filter?.at ?? [],
      method.select ?? [],
      ...method.orderAt,
      ...placesOfWalk(method.paging),
    ]
      .flatMap(([name]) => name ?? [])
      .map((name) => [name.toLowerCase(), name]),
  )
  const renamed: Record<string, ParamValue> = {}
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
    refuseReserved(name)
    renamed[documented.get(folded) ?? name] = value
  }
  return renamed
}

function refuseWhatTheWalkOwns(params: Params, { method, orderAt, paging }: ListMethod): void {
  if ('start' in params) {
    throw new UsageError(
      'walk-owns',
      '"start" cannot be given: get-all reads every page by itself.',
      'Use --limit N for the first rows.',
    )
  }
  const own = placesOfWalk(paging).find((place) => paramAt(params, place) !== undefined)
  if (own !== undefined) {
    throw new UsageError(
      'walk-owns',
      `"${bracketName(own)}" cannot be given: get-all reads every page of ${method} by itself.`,
      'Use --limit N for the first rows.',
    )
  }
  if ('limit' in params) {
    throw new UsageError('walk-owns', `"limit" is not known to ${method}.`, 'Use --limit N.')
  }
  const order = orderAt.find((place) => paramAt(params, place) !== undefined)
  if (order !== undefined) {
    throw new UsageError(
      'walk-owns',
      `"${bracketName(order)}" cannot be given: ${method} is walked in ascending id, so that no row is lost or doubled.`,
      'Leave it out and sort the output.',
    )
  }
}

/** Names of parameters that conditions use, where they are parameters themselves. */
function refuseTwice(filterAt: Place, filter: ParamMap, params: Params): void {
  const name = filterAt.length === 0 ? Object.keys(filter).find((key) => key in params) : undefined
  if (name === undefined) return
  throw new UsageError('condition-twice', `There are two conditions on ${name}.`, 'Keep one of them.')
}

function clauseMap(params: Params, at: Place): ParamMap {
  const clause = paramAt(params, at)
  const name = bracketName(at)
  if (clause === undefined) return {}
  if (isMap(clause)) return clause
  // PHP sees a list as a map from 0 on: groups of conditions, joined by a logic of their own, come so.
  if (Array.isArray(clause) && clause.every(isMap)) return Object.fromEntries(Object.entries(clause))
  throw new UsageError(
    'clause-type',
    `"${name}" must be a map of conditions, not ${typeName(clause)}.`,
    `Write -p '${name}[>=DATE_CREATE]=2026-01-01' or --where 'DATE_CREATE>=2026-01-01'.`,
  )
}

/** Bounds on the id that the user gives become the ends of the walk. */
function takeIdBounds(filter: ParamMap, { id }: ListMethod): { range: IdRange; rest: ParamMap } {
  const inFilter = id?.inFilter ?? ''
  let { after, upTo }: { after: number | undefined; upTo: number | undefined } = OPEN
  const rest: Record<string, ParamValue> = {}
  for (const [key, value] of Object.entries(filter)) {
    const prefix = /^(>=|<=|>|<)(.+)$/.exec(key)
    if (prefix?.[1] === undefined || prefix[2]?.toLowerCase() !== inFilter.toLowerCase()) {
      rest[key] = value
      continue
    }
    if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) {
      throw new UsageError(
        'id-bound',
        `The bound ${key} must be a whole number, not ${typeName(value)}.`,
        `Write --where '${inFilter}>1000'.`,
      )
    }
    const bound = Number(value)
    if (prefix[1] === '>') after = Math.max(after ?? 0, bound)
    if (prefix[1] === '>=') after = Math.max(after ?? 0, bound - 1)
    if (prefix[1] === '<=') upTo = Math.min(upTo ?? Infinity, bound)
    if (prefix[1] === '<') upTo = Math.min(upTo ?? Infinity, bound - 1)
  }
  return { range: { after, upTo }, rest }
}
