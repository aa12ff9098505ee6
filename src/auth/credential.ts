import type { Secret } from '../lib/secret.ts'
import type { ApiVersion } from '../protocol/types.ts'

/** What a request needs to be let in. */
export interface Authorisation {
  readonly url: Secret
  readonly headers: Readonly<Record<string, Secret>>
}

/**
 * Something that authorises requests to one portal, and may renew itself. The portal counts operating time by
 * credential, so limits are kept by `identity`.
 */
export interface Credential {
  /** Host and port of the portal; may be shown. */
  readonly host: string
  /** Scheme, host and port; may be shown. */
  readonly origin: string
  /** Tells credentials apart without revealing them. */
  readonly identity: string
  /** Id of the user as whom calls are made, where that is known. */
  readonly userId?: string
  authorise(method: string, api: ApiVersion): Promise<Authorisation>
  /** Gets fresh access after the portal called the old one expired; absent where nothing can be renewed. */
  readonly renew?: (signal: AbortSignal) => Promise<void>
}
