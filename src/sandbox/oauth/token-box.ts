import { mix, textHash } from '../random.ts'
import type { Readings } from '../readings.ts'

/** How long an authorisation code lives. */
const CODE_MS = 30_000
/** With the reading `grace`, how long a used refresh token goes on living. */
const GRACE_MS = 10_000
const REFRESH_MS = 180 * 24 * 3_600_000

/** Access and refresh token that belong together. */
export interface TokenPair {
  readonly access: string
  readonly refresh: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

interface Sign {
  readonly pair: TokenPair
  refreshUntil: number
  /** The pair that this one was refreshed from; dead as soon as this one is used, if the reading has it so. */
  readonly before: Sign | undefined
}

/** All codes and tokens that were given out, and what they are worth. Time is `Date.now`. */
export class TokenBox {
  readonly #seed: number
  readonly #lifeMs: number
  readonly #reading: Readings['old-refresh']
  readonly #codes = new Map<string, number>()
  readonly #byAccess = new Map<string, Sign>()
  readonly #byRefresh = new Map<string, Sign>()
  #made = 0

  constructor(seed: number, lifeSeconds: number, reading: Readings['old-refresh']) {
    this.#seed = seed
    this.#lifeMs = lifeSeconds * 1000
    this.#reading = reading
  }

  /** A code for a user who has let the application in. */
  code(): string {
    const code = this.#text('code')
    this.#codes.set(code, Date.now() + CODE_MS)
    return code
  }

  /** The pair for a code, which works once; undefined for a code that is wrong, used or too old. */
  redeem(code: string): TokenPair | undefined {
    const until = this.#codes.get(code)
    this.#codes.delete(code)
    return until === undefined || Date.now() >= until ? undefined : this.issue()
  }

  /** A pair for somebody who has signed in. */
  issue(before?: Sign): TokenPair {
    const now = Date.now()
    const pair = {
      access: this.#text('access'),
      refresh: this.#text('refresh'),
      expiresAt: now + this.#lifeMs,
    }
    const sign: Sign = { pair, refreshUntil: now + REFRESH_MS, before }
    this.#byAccess.set(pair.access, sign)
    this.#byRefresh.set(pair.refresh, sign)
    return pair
  }

  /** A new pair for a refresh token; undefined if that is wrong or dead. What becomes of it the reading says. */
  refresh(token: string): TokenPair | undefined {
    const sign = this.#byRefresh.get(token)
    const now = Date.now()
    if (sign === undefined || now >= sign.refreshUntil) return undefined
    this.#use(sign)
    if (this.#reading === 'dead') sign.refreshUntil = now
    if (this.#reading === 'grace') sign.refreshUntil = Math.min(sign.refreshUntil, now + GRACE_MS)
    return this.issue(sign)
  }

  /** What an access token is worth. */
  check(access: string): 'good' | 'expired' | 'unknown' {
    const sign = this.#byAccess.get(access)
    if (sign === undefined) return 'unknown'
    this.#use(sign)
    return Date.now() < sign.pair.expiresAt ? 'good' : 'expired'
  }

  /** Ends every sign-in, as if the user had removed the application. */
  revoke(): void {
    this.#byAccess.clear()
    this.#byRefresh.clear()
  }

  #use({ before }: Sign): void {
    if (this.#reading === 'until-used' && before !== undefined) before.refreshUntil = 0
  }

  /** 32 letters and digits, which the seed decides. */
  #text(kind: string): string {
    const salt = mix(this.#seed, textHash(kind))
    const number = ++this.#made
    return [1, 2, 3, 4]
      .map((part) =>
        mix(salt + part, number)
          .toString(16)
          .padStart(8, '0'),
      )
      .join('')
  }
}
