import { UsageError } from '../errors.ts'

/** Rows on a page; fixed by the portal. https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html */
export const PAGE_ROWS = 50

/** Commands that a batch runs; the 51st and later are refused. https://apidocs.bitrix24.com/api-reference/how-to-call-rest-api/batch.html */
export const BATCH_COMMANDS = 50

/** One request may run this long in the cloud, then it is cut. https://apidocs.bitrix24.com/limits.html */
export const REQUEST_SECONDS = 60

/** What a request of ours should take at the most, well below the cut. */
export const TARGET_REQUEST_SECONDS = 25

/** Requests in flight at a time that can be asked for: what the bucket of the standard plan takes at once. */
export const MOST_IN_FLIGHT = 50

/** What a page is taken to cost the portal until an answer tells: wide rows, with some reserve. */
export const UNKNOWN_PAGE_SECONDS = 0.5

/** Operating time is summed over ten minutes, in baskets of one. https://apidocs.bitrix24.com/limits.html */
export const OPERATING_WINDOW_SECONDS = 600
export const OPERATING_BASKET_SECONDS = 60

/** Share of the operating budget that is planned for; the rest is for what our model does not see. */
export const OPERATING_SHARE = 0.99

/** An answer larger than this is refused rather than held: 2,500 rows of 4 KB are 10 MB. */
export const MAX_ANSWER_BYTES = 128 * 1024 * 1024

export type Plan = 'standard' | 'enterprise' | 'box'

/** So many requests at once, then so many a second. */
export interface Rate {
  readonly places: number
  readonly perSecond: number
}

/** What we keep to: requests from this address, and operating seconds of a method under one credential. */
export interface Limits {
  /** What one run lets out. `undefined`: as many as come. */
  readonly bucket: Rate | undefined
  /**
   * What all programs at this address let out together, and how many of the places this run leaves to the others if
   * nobody else is there: it lets the level rise up to `ceiling`.
   */
  readonly shared: (Rate & { readonly ceiling: number }) | undefined
  /** Seconds that one method may run in ten minutes; `Infinity` where the limiter is off by default. */
  readonly operatingSeconds: number
}

/** The portal's leaky bucket: refused above `capacity`, falling by `drainPerSecond`. https://apidocs.bitrix24.com/limits.html */
const PORTAL_BUCKETS: Readonly<Record<Plan, { capacity: number; drainPerSecond: number } | undefined>> = {
  standard: { capacity: 50, drainPerSecond: 2 },
  enterprise: { capacity: 250, drainPerSecond: 5 },
  // Boxes have no limits unless their owner set some.
  box: undefined,
}

/** Seconds of a method in ten minutes, by plan; on boxes the limiter is off by default. Same page. */
export const OPERATING_SECONDS: Readonly<Record<Plan, number>> = {
  standard: 480,
  enterprise: 480,
  box: Infinity,
}

const CLOUD_HOST = /(^|\.)bitrix24\.[a-z.]+$/i

/** What a user says about the limits of a portal. */
export interface LimitsWish {
  readonly plan: Plan
  readonly burst?: number | undefined
  readonly tps?: number | undefined
  /** Which part of every limit may be used, above 0 up to 1; all of it if left out. */
  readonly polite?: number | undefined
}

/**
 * The limits to keep: those of the plan, as changed by the user. In the cloud a user may ask for less than the plan
 * gives, never for more, since the portal would answer with refusals and in the end with a block.
 *
 * @throws UsageError if a cloud portal is to be treated as a box, or above its plan
 */
export function limitsFor(host: string, wish: LimitsWish): Limits {
  const isCloud = CLOUD_HOST.test(host.replace(/:\d+$/, ''))
  if (isCloud && wish.plan === 'box') {
    throw new UsageError(
      'plan-box-in-cloud',
      `--plan box is for self-hosted portals; ${host} is in the cloud and has limits.`,
      'Leave --plan out (standard), or use --plan enterprise if the portal has that plan.',
    )
  }
  const portal = PORTAL_BUCKETS[wish.plan]
  if (isCloud) {
    refuseAbovePlan('--burst', wish.burst, portal?.capacity, wish.plan)
    refuseAbovePlan('--tps', wish.tps, portal?.drainPerSecond, wish.plan)
  }
  const { polite = 1 } = wish
  // In the cloud a wish is for less than the portal gives; elsewhere it tells what the portal gives.
  const shared = bucketWithin(portal, isCloud ? {} : wish)
  return {
    bucket: partOf(bucketWithin(portal, wish), polite),
    shared: shared === undefined ? undefined : { ...shared, ceiling: partOf(shared, polite).places },
    operatingSeconds: OPERATING_SECONDS[wish.plan] * polite,
  }
}

function partOf<R extends Rate | undefined>(rate: R, share: number): R
function partOf(rate: Rate | undefined, share: number): Rate | undefined {
  if (rate === undefined) return undefined
  return { places: Math.max(1, Math.floor(rate.places * share)), perSecond: rate.perSecond * share }
}

/**
 * The portal lets its level fall at whole seconds whose phase we do not know, so one second's worth and one request
 * more stay unused: 47 at once instead of 50.
 */
function bucketWithin(
  portal: { capacity: number; drainPerSecond: number } | undefined,
  { burst, tps }: { readonly burst?: number | undefined; readonly tps?: number | undefined },
): Rate | undefined {
  if (portal === undefined && burst === undefined && tps === undefined) return undefined
  const safe = portal === undefined ? Infinity : portal.capacity - portal.drainPerSecond - 1
  const perSecond = tps ?? portal?.drainPerSecond ?? burst ?? 1
  return { places: Math.max(1, Math.floor(Math.min(burst ?? Math.max(safe, 1), safe, 1_000_000))), perSecond }
}

function refuseAbovePlan(
  option: string,
  wished: number | undefined,
  allowed: number | undefined,
  plan: Plan,
): void {
  if (wished === undefined || allowed === undefined || wished <= allowed) return
  throw new UsageError(
    'above-plan',
    `${option} ${wished} is more than the ${plan} plan allows (${allowed}); in the cloud it can only be lowered.`,
    plan === 'standard' ? 'If the portal has the Enterprise plan, say --plan enterprise.' : undefined,
  )
}
