import { onTestFinished } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { trafficOf } from '../bench/traffic.ts'

/** A bucket that is full soon, and from which ten requests leave in a second. */
const CAPACITY = 40
const DRAIN = 10
/** As on a real portal, a second's worth and one request more are left unused. */
const PLACES = CAPACITY - DRAIN - 1

/** What tells a run of such a portal; pages go one by one, so that a list takes many requests. */
export const SCALED = ['--burst', String(PLACES), '--tps', String(DRAIN), '--batch-size', '1']

export interface ScaledPortal {
  readonly sandbox: Sandbox
  readonly env: { readonly BX24_WEBHOOK: string }
  readonly sent: () => number
  /** From the first request to the last, and what the bucket allows that for. */
  readonly seconds: () => { readonly taken: number; readonly best: number }
}

/** A portal whose bucket fills within seconds; gone when the test has finished. */
export async function scaledPortal(
  settings: Readonly<Record<string, string | string[]>> = {},
): Promise<ScaledPortal> {
  const bucket = { 'bucket-capacity': String(CAPACITY), 'bucket-drain': String(DRAIN) }
  const sandbox = await startSandbox(sandboxSettings({ ...bucket, 'page-cost': '0', ...settings }))
  onTestFinished(() => sandbox.close())
  const arrivals = trafficOf(sandbox.portal)
  return {
    sandbox,
    env: { BX24_WEBHOOK: sandbox.webhook },
    sent: () => sandbox.portal.stats.requests,
    seconds() {
      const at = arrivals.map(({ sentAt }) => sentAt)
      return { taken: (Math.max(...at) - Math.min(...at)) / 1000, best: (at.length - PLACES) / DRAIN }
    },
  }
}
