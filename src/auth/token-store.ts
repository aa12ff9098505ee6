import type { Secret } from '../lib/secret.ts'

/** What an OAuth sign-in leaves behind: enough to call a portal and to renew the access. */
export interface OAuthTokens {
  /** `undefined` if only the refresh token is known yet. */
  readonly accessToken: Secret | undefined
  /** `undefined` if nothing can be renewed with it. */
  readonly refreshToken: Secret | undefined
  /** Where REST methods are called: `https://example.bitrix24.com/rest/`. */
  readonly clientEndpoint: string
  /** The authorization server, as the portal names it: `https://oauth.bitrix.info/rest/`. */
  readonly serverEndpoint: string
  /** When the access is said to end, in Unix seconds. For people only: nothing is renewed because of it. */
  readonly expiresAt?: number | undefined
  /** Names the portal for good, whatever its address. */
  readonly memberId?: string | undefined
  readonly userId?: string | undefined
  /** Scopes, parted by commas. */
  readonly scope?: string | undefined
}

/** Where tokens are kept between runs, for all processes of the machine. */
export interface TokenStore {
  /** What a person calls the place: `profile acme in /home/a/.config/bx24/credentials.json`. */
  readonly name: string
  /** What is there now. @throws ConfigError if there is nothing or it cannot be trusted */
  read(): Promise<OAuthTokens>
  /**
   * Has `renew` make new tokens of those that are there, while no other process can do the same, and keeps them: they are
   * on the disk when this resolves. Without a new pair, `renew` answers what it was given, and nothing is written.
   *
   * Between the moment at which `renew` resolves and the disk there is no turn of the event loop. `renew` may take as
   * long as one request may.
   *
   * @throws what `renew` throws; LockedError if another process holds the place for too long; OutputError
   */
  update(renew: (current: OAuthTokens) => Promise<OAuthTokens>, signal: AbortSignal): Promise<OAuthTokens>
}
