import type { Refusal } from './types.ts'

/** As in the table of the older interface. */
interface FailureOfV3 {
  readonly kind: 'operating' | 'passing' | 'auth' | 'final'
  readonly executed: 'no' | 'unknown'
  readonly hint?: string
  readonly concernsAll?: true
}

/** Codes of REST 3.0 are the names of its exceptions; those of older portals stand in another folder. */
const CODE = /^BITRIX_REST_V3_EXCEPTIONS?_(?:[A-Z]+_)*([A-Z]+)EXCEPTION$/

const SEE_FIELDS =
  'The method OBJECT.field.list tells the fields, and which of them can be filtered and sorted by.'
const SEE_FILTER =
  'A filter is a list of conditions such as ["id",">",100], with = != > >= < <= in between; --where writes it.'

/**
 * What the exceptions of REST 3.0 mean, by name. All are thrown before anything is carried out, but for the internal one.
 * https://apidocs.bitrix24.com/api-reference/rest-v3/index.html, and the order of checks in the portal’s rest module
 */
const EXCEPTIONS: Readonly<Record<string, FailureOfV3>> = {
  ACCESSDENIED: {
    kind: 'auth',
    executed: 'no',
    hint: 'The webhook acts as the user who made it; that user needs the right to this, and the webhook its scope.',
  },
  INSUFFICIENTSCOPE: {
    kind: 'auth',
    executed: 'no',
    concernsAll: true,
    hint: 'Give the webhook the scope that this method needs in the portal.',
  },
  LICENSE: {
    kind: 'auth',
    executed: 'no',
    concernsAll: true,
    hint: 'The REST API is part of the portal’s commercial plans; look at the subscription.',
  },
  // Not the requests a second, which are refused in front of REST 3.0, but the seconds of the method.
  RATELIMIT: { kind: 'operating', executed: 'no' },
  INTERNAL: { kind: 'passing', executed: 'unknown' },
  METHODNOTFOUND: {
    kind: 'final',
    executed: 'no',
    concernsAll: true,
    hint: 'REST 3.0 has a part of all methods. If the documentation has it without /api/ in the address, use --api v2.',
  },
  IDEMPOTENCYKEYREUSED: {
    kind: 'final',
    executed: 'no',
    hint: 'The portal has carried out another request under the key of this row, within 24 hours. Send the row with a journal of its own.',
  },
  INVALIDJSON: { kind: 'final', executed: 'no', hint: 'REST 3.0 takes a body of JSON and nothing else.' },
  INVALIDFILTER: { kind: 'final', executed: 'no', hint: SEE_FILTER },
  UNKNOWNFILTEROPERATOR: { kind: 'final', executed: 'no', hint: SEE_FILTER },
  UNKNOWNDTOPROPERTY: { kind: 'final', executed: 'no', hint: SEE_FIELDS },
  INVALIDSELECT: {
    kind: 'final',
    executed: 'no',
    hint: 'A selection is a list of names. A batch is an array of {"method","query"}.',
  },
  INVALIDORDER: { kind: 'final', executed: 'no', hint: SEE_FIELDS },
  INVALIDPAGINATION: {
    kind: 'final',
    executed: 'no',
    hint: 'Page, limit and offset are numbers, the limit not 0.',
  },
  REQUESTVALIDATION: { kind: 'final', executed: 'no', hint: SEE_FIELDS },
  DTOVALIDATION: { kind: 'final', executed: 'no', hint: SEE_FIELDS },
  DTOFIELDREQUIREDATTRIBUTE: { kind: 'final', executed: 'no', hint: SEE_FIELDS },
  ENTITYNOTFOUND: { kind: 'final', executed: 'no' },
}

const WRONG_CREDENTIALS: FailureOfV3 = {
  kind: 'auth',
  executed: 'no',
  concernsAll: true,
  hint: 'Check the webhook: portal address, user id, code, and that it was not deleted or reissued.',
}

/** What a refusal by REST 3.0 means; `undefined` if its code is none of those that are known. */
export function failureOfV3({ apiCode }: Refusal, status: number | undefined): FailureOfV3 | undefined {
  const name = CODE.exec(apiCode)?.[1]
  if (name === undefined) return undefined
  // A wrong webhook and a missing right have one code.
  if (name === 'ACCESSDENIED' && status === 401) return WRONG_CREDENTIALS
  return Object.hasOwn(EXCEPTIONS, name) ? EXCEPTIONS[name] : undefined
}
