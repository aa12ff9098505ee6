import type { Secret } from '../lib/secret.ts'
import type { ApiVersion } from '../protocol/types.ts'

/** What a request needs to be let in. */
export interface Authorisation {
  readonly url: Secret
  readonly headers: Readonly<Record<string, Secret>>
  /** Put into the JSON object of the body on the wire, and only there: messages and traces show the body without them. */
  readonly fields?: Readonly<Record<string, Secret>> | undefined
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
  /** The same for those who see the same rows, where `identity` stands for several users; else left out. */
  readonly account?: string
  /** Id of the user as whom calls are made, where that is known. */
  readonly userId?: string
  /**
   * What lets one attempt at `method` in; `body` is the JSON that it will send, by `v2` unless another `api` is named.
   *
   * @throws what `renew` throws, if there is no access yet
   */
  authorise(method: string, api: ApiVersion, body: string, signal: AbortSignal): Promise<Authorisation>
  /**
   * Gets fresh access after the portal called that of `refused` expired; absent where nothing can be renewed. If there
   * is newer access already, be it from another call or another process, that is taken.
   *
   * @throws SignInError where only the user can help, TransportError if it may go well later; the reason of `signal`
   */
  readonly renew?: (refused: Authorisation, signal: AbortSignal) => Promise<void>
}
