import { UsageError } from '../errors.ts'

/** Rows on a page; fixed by the portal. https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html */
export const PAGE_ROWS = 50

/** Commands that a batch runs; the 51st and later are refused. https://apidocs.bitrix24.com/api-reference/how-to-call-rest-api/batch.html */
export const BATCH_COMMANDS = 50

/** One request may run this long in the cloud, then it is cut. https://apidocs.bitrix24.com/limits.html */
export const REQUEST_SECONDS = 60

/** What a request of ours should take at the most, well below the cut. */
export const TARGET_REQUEST_SECONDS = 25

/** Operating time is summed over ten minutes, in baskets of one. https://apidocs.bitrix24.com/limits.html */
export const OPERATING_WINDOW_SECONDS = 600
export const OPERATING_BASKET_SECONDS = 60

/** Share of the operating budget that is planned for; the rest is for what our model does not see. */
export const OPERATING_SHARE = 0.99

/** An answer larger than this is refused rather than held: 2,500 rows of 4 KB are 10 MB. */
export const MAX_ANSWER_BYTES = 128 * 1024 * 1024

export type Plan = 'standard' | 'enterprise' | 'box'

/** What a portal allows to one address (requests) and one credential (operating seconds of a method). */
export interface Limits {
  /** The portal's leaky bucket: refused above `capacity`, falling by `drainPerSecond`. `undefined`: no bucket. */
  readonly bucket: { readonly capacity: number; readonly drainPerSecond: number } | undefined
  /** Seconds that one method may run in ten minutes; `Infinity` where the limiter is off by default. */
  readonly operatingSeconds: number
}

/** By plan. Source: https://apidocs.bitrix24.com/limits.html; boxes have no limits unless their owner set some. */
export const PLAN_LIMITS: Readonly<Record<Plan, Limits>> = {
  standard: { bucket: { capacity: 50, drainPerSecond: 2 }, operatingSeconds: 480 },
  enterprise: { bucket: { capacity: 250, drainPerSecond: 5 }, operatingSeconds: 480 },
  box: { bucket: undefined, operatingSeconds: Infinity },
}

const CLOUD_HOST = /(^|\.)bitrix24\.[a-z.]+$/i

/**
 * The limits to keep: those of the plan, as changed by the user. In the cloud a user may ask for less than the plan
 * gives, never for more, since the portal would answer with refusals and in the end with a block.
 *
 * @throws UsageError if a cloud portal is to be treated as a box, or above its plan
 */
export function limitsFor(
  host: string,
  wish: { readonly plan: Plan; readonly burst?: number | undefined; readonly tps?: number | undefined },
): Limits {
  const limits = PLAN_LIMITS[wish.plan]
  const isCloud = CLOUD_HOST.test(host.replace(/:\d+$/, ''))
  if (isCloud && wish.plan === 'box') {
    throw new UsageError(
      'plan-box-in-cloud',
      `--plan box is for self-hosted portals; ${host} is in the cloud and has limits.`,
      'Leave --plan out (standard), or use --plan enterprise if the portal has that plan.',
    )
  }
  if (wish.burst === undefined && wish.tps === undefined) return limits
  if (isCloud) {
    refuseAbovePlan('--burst', wish.burst, limits.bucket?.capacity, wish.plan)
    refuseAbovePlan('--tps', wish.tps, limits.bucket?.drainPerSecond, wish.plan)
  }
  return {
    ...limits,
    bucket: {
      capacity: wish.burst ?? limits.bucket?.capacity ?? PLAN_LIMITS.standard.bucket?.capacity ?? 1,
      drainPerSecond: wish.tps ?? limits.bucket?.drainPerSecond ?? wish.burst ?? 1,
    },
  }
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
