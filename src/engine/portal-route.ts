import { isLoopback } from '../lib/loopback.ts'
import { Secret } from '../lib/secret.ts'
import { isCloudPortal } from '../protocol/portal-hosts.ts'

/**
 * Whether a portal that answers `from` with a redirect to `to` can only mean itself under another address, so that a
 * credential may go there:
 *
 * - the path is the same: a portal that was renamed keeps it, a page for signing in or a captive network does not
 * - it is encrypted, or both are this machine
 * - in the cloud, both are portals in the cloud: whoever answers for the old name is Bitrix24, and so is whoever answers
 *   for the new one
 * - elsewhere the name is the same, or one lies below the other (`example.com` and `www.example.com`): whoever has the
 *   upper one decides about the lower one. Names side by side may belong to strangers.
 */
export function isSamePortal(from: URL, to: URL): boolean {
  if (to.username !== '' || to.password !== '' || to.search !== from.search) return false
  if (to.pathname !== from.pathname) return false
  const isOnThisMachine = isLoopback(from.hostname) && isLoopback(to.hostname)
  if (to.protocol !== 'https:' && !(isOnThisMachine && to.protocol === 'http:')) return false
  if (isCloudPortal(from.hostname)) return isCloudPortal(to.hostname) && to.port === ''
  return isBelowOrSame(from.hostname, to.hostname) || isBelowOrSame(to.hostname, from.hostname)
}

/** Names of numbers have no part that decides about the rest. */
function isBelowOrSame(lower: string, upper: string): boolean {
  if (lower === upper) return true
  return upper.includes('.') && !/^[\d.]+$/.test(lower) && lower.endsWith(`.${upper}`)
}

/**
 * Where requests go after the portal has said, once, that it has another address. What it says after that is not
 * believed: one step, no circles.
 */
export class PortalRoute {
  readonly #onMoved: (from: string, to: string) => void
  #moved: { readonly from: string; readonly to: string } | undefined

  /** @param onMoved is told the two origins, once */
  constructor(onMoved: (from: string, to: string) => void) {
    this.#onMoved = onMoved
  }

  /** The address to ask instead of `url`. */
  towards(url: Secret): Secret {
    if (this.#moved === undefined) return url
    const { origin, pathname, search } = new URL(url.reveal())
    return origin === this.#moved.from ? new Secret(`${this.#moved.to}${pathname}${search}`) : url
  }

  /** Whether what was sent to `sent` is to be sent again, now that the answer points to `location`. */
  follows(sent: Secret, location: string | undefined): boolean {
    const from = new URL(sent.reveal())
    const to =
      location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
    if (to === undefined || to.origin === from.origin || !isSamePortal(from, to)) return false
    if (this.#moved === undefined) {
      this.#moved = { from: from.origin, to: to.origin }
      this.#onMoved(from.origin, to.origin)
      return true
    }
    // Others were on their way when the first one learned of it.
    return this.#moved.from === from.origin && this.#moved.to === to.origin
  }
}
