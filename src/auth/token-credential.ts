import { SignInError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import { fingerprint } from '../lib/fingerprint.ts'
import { Secret } from '../lib/secret.ts'
import type { Authorisation, Credential } from './credential.ts'

/** What opens a portal for a while. */
export interface Access {
  readonly token: Secret
  /** `https://example.bitrix24.com/rest/` */
  readonly clientEndpoint: string
  readonly userId?: string | undefined
}

export interface TokenCredentialOptions {
  /** `https://example.bitrix24.com/rest/`, checked: what the credential is for. */
  readonly clientEndpoint: string
  /** What the portal counts by: the id of the application, or else something that stays the same. */
  readonly countedBy: string
  /** What to begin with; `undefined`: the first request asks for it. */
  readonly access: Access | undefined
  /**
   * Makes new access, or takes over what somebody else has made. `refused` is the token that the portal called expired,
   * `undefined` if there was none. Called once at a time. `closed` ends waits; a request under way must not be broken off,
   * since its answer may be the only one that there will be.
   */
  readonly renew: (refused: Secret | undefined, closed: AbortSignal) => Promise<Access>
}

/** A credential whose access can be renewed. */
export interface TokenCredential extends Credential {
  readonly renew: NonNullable<Credential['renew']>
  /** Begins nothing any more and waits for nobody, but for an answer that is on its way. */
  close(): Promise<void>
}

/**
 * An access token, renewed when the portal calls it expired: once for all calls that were refused with the same one.
 * It goes into the body, as the documentation of both versions of the API has it, or where that is a list into the
 * header; never into the address.
 */
export function tokenCredential({
  clientEndpoint,
  countedBy,
  access,
  renew,
}: TokenCredentialOptions): TokenCredential {
  const { host, origin } = new URL(clientEndpoint)
  const given = new WeakMap<Authorisation, Secret>()
  let current = access
  let flight: Promise<Access> | undefined
  let hopeless: SignInError | undefined
  const closing = new AbortController()

  async function renewed(refused: Secret | undefined, signal: AbortSignal): Promise<Access> {
    if (hopeless !== undefined) throw hopeless
    if (current !== undefined && current.token !== refused) return current
    flight ??= renew(refused, closing.signal).then(
      (fresh) => {
        flight = undefined
        current = fresh
        return fresh
      },
      (error: unknown) => {
        flight = undefined
        if (error instanceof SignInError) hopeless = error
        throw error
      },
    )
    return abortable(flight, signal)
  }

  return {
    host,
    origin,
    identity: fingerprint(`${countedBy} ${origin}`),
    account: fingerprint(`${countedBy} ${origin} ${access?.userId ?? ''}`),
    ...(access?.userId === undefined ? {} : { userId: access.userId }),
    async authorise(method, api, body, signal) {
      const { token, clientEndpoint: base } = current ?? (await renewed(undefined, signal))
      const url = new Secret(api === 'v3' ? `${base}api/${method}` : `${base}${method}.json`)
      // Under its key a write of REST 3.0 must have the same body again, whatever the token is by then.
      const authorisation =
        api === 'v3' || isList(body)
          ? { url, headers: { authorization: new Secret(`Bearer ${token.reveal()}`) } }
          : { url, headers: {}, fields: { auth: token } }
      given.set(authorisation, token)
      return authorisation
    },
    async renew(refused, signal) {
      await renewed(given.get(refused), signal)
    },
    async close() {
      closing.abort(new Error('the credential was closed'))
      await flight?.catch(() => undefined)
    },
  }
}

/** Parameters by position, and batches of REST 3.0; a list has no place for a field more. */
function isList(body: string): boolean {
  return /^\s*\[/.test(body)
}
