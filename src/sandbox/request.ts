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
  /** Only of a call of REST 3.0. */
  readonly v3: V3Body | undefined
}

/** The body of a call of REST 3.0, which is JSON or nothing. */
export interface V3Body {
  readonly text: string
  readonly isReadable: boolean
  readonly idempotencyKey: string | undefined
}

/**
 * Reads `/rest/USER/CODE/METHOD` or `/rest/METHOD`, for REST 3.0 with `/rest/api/` in front; undefined for an address
 * outside REST.
 */
export function readCall(request: PortalRequest): AddressedCall | undefined {
  const question = request.path.indexOf('?')
  const path = question < 0 ? request.path : request.path.slice(0, question)
  const steps = path.split('/').slice(1).map(urlDecode)
  if (steps[0] !== 'rest') return undefined
  const isV3 = steps[1] === 'api'
  const address = addressIn(steps.slice(isV3 ? 2 : 1))
  if (isV3) {
    const own = v3Params(request)
    return { ...address, ...own, token: bearer(request) ?? tokenIn(own.params) }
  }
  const { params, isJsonBody } = bodyParams(request)
  const all = merged(parseStr(question < 0 ? '' : request.path.slice(question + 1)), params)
  return {
    ...address,
    token: bearer(request) ?? tokenIn(all),
    params: all,
    isJsonBody,
    v3: undefined,
  }
}

function addressIn(steps: readonly string[]): Pick<AddressedCall, 'method' | 'webhook'> {
  const hasWebhook = steps.length >= 3
  const method = (hasWebhook ? steps[2] : steps[0]) ?? ''
  return {
    method: method.toLowerCase().replace(/\.json$/, ''),
    webhook: hasWebhook ? { user: steps[0] ?? '', code: steps[1] ?? '' } : undefined,
  }
}

/** JSON alone; neither the query nor the body of a GET is read. */
function v3Params({
  method,
  headers,
  body,
}: PortalRequest): Pick<AddressedCall, 'params' | 'isJsonBody' | 'v3'> {
  const text = method === 'GET' ? '' : body.toString('utf8')
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const value =
    text === '' ? new Map<string, Value>() : type === 'application/json' ? readJson(text) : undefined
  return {
    params: isArray(value) ? value : new Map<string, Value>(),
    isJsonBody: true,
    v3: { text, isReadable: isArray(value), idempotencyKey: headers['idempotency-key'] },
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
