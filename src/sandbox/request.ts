import { readJson } from './json-reader.ts'
import { parseStr, urlDecode } from './parse-str.ts'
import { type PhpArray, type Value, isArray } from './values.ts'

/** A request as it comes from the network; `path` has the query, header names are in lower case. */
export interface PortalRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A call of a REST method as an address and a body spell it. */
export interface AddressedCall {
  /** Lower case, without `.json`. */
  readonly method: string
  /** User and code of a webhook; undefined for an address that carries a token instead. */
  readonly webhook: { readonly user: string; readonly code: string } | undefined
  /** The token of an application; that of the header goes before that of the parameters. */
  readonly token: string | undefined
  readonly params: PhpArray
  readonly isJsonBody: boolean
}

/**
 * Reads `/rest/USER/CODE/METHOD` or `/rest/METHOD`, both also behind `/rest/api`; undefined for an address outside REST.
 */
export function readCall(request: PortalRequest): AddressedCall | undefined {
  const question = request.path.indexOf('?')
  const path = question < 0 ? request.path : request.path.slice(0, question)
  const steps = path.split('/').slice(1).map(urlDecode)
  if (steps[0] !== 'rest') return undefined
  if (steps[1] === 'api') steps.splice(1, 1)
  const hasWebhook = steps.length >= 4
  const method = (hasWebhook ? steps[3] : steps[1]) ?? ''
  const { params, isJsonBody } = bodyParams(request)
  const all = merged(parseStr(question < 0 ? '' : request.path.slice(question + 1)), params)
  return {
    method: method.toLowerCase().replace(/\.json$/, ''),
    webhook: hasWebhook ? { user: steps[1] ?? '', code: steps[2] ?? '' } : undefined,
    token: bearer(request) ?? tokenIn(all),
    params: all,
    isJsonBody,
  }
}

function bearer({ headers }: PortalRequest): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
}

function tokenIn(params: PhpArray): string | undefined {
  const token = params.get('auth') ?? params.get('access_token')
  return typeof token === 'string' ? token : undefined
}

/** JSON only if the form is empty and the type says so exactly; JSON that does not parse is no parameters. */
function bodyParams({ method, headers, body }: PortalRequest): { params: PhpArray; isJsonBody: boolean } {
  const none = { params: new Map<string, Value>(), isJsonBody: false }
  if (method === 'GET' || body.length === 0) return none
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const text = body.toString('utf8')
  if (type === 'application/x-www-form-urlencoded') return { params: parseStr(text), isJsonBody: false }
  if (type !== 'application/json') return none
  const value = readJson(text)
  return isArray(value) ? { params: value, isJsonBody: true } : none
}

/** Query and body in one; the body wins. */
function merged(query: PhpArray, body: PhpArray): PhpArray {
  return new Map([...query.entries(), ...body.entries()])
}

const PROTOCOL_NAMES = new Set(['start', 'auth', 'access_token', 'auth_connector', 'aplogin', 'ap', 'state'])

/** Parameters without those that the portal takes out before the method sees them. */
export function methodParams(params: PhpArray): PhpArray {
  const result = new Map<string, Value>()
  for (const [name, value] of params.entries()) if (!PROTOCOL_NAMES.has(name)) result.set(name, value)
  return result
}
