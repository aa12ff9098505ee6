import { FAULTS, type FaultName, isFaultName } from '../../src/sandbox/faults.ts'

/** Faults that change rows while they are read. */
export const CHANGES: readonly FaultName[] = ['inserts', 'updates', 'deletes']

/** What cannot pass: the portal has moved, or has blocked us. The run has to end and say so. */
const LASTING: readonly FaultName[] = ['redirect', 'overload']

export const ALL_FAULTS: readonly FaultName[] = Object.keys(FAULTS)
  .filter(isFaultName)
  // Those of access strike where an application signs in, and end a run with a webhook, which has nothing to renew.
  .filter((name) => FAULTS[name].target !== 'token' && !/^(expired|invalid)-token$/.test(name))

/** Trouble that passes: a run that reads a list should live through it. A page that is refused for good is none. */
export const PASSING: readonly FaultName[] = ALL_FAULTS.filter(
  (name) => !CHANGES.includes(name) && !LASTING.includes(name) && name !== 'refused-command',
)

/** What can befall a write. */
export const WRITE_FAULTS: readonly FaultName[] = ALL_FAULTS.filter(
  (name) => !CHANGES.includes(name) && name !== 'empty-command',
)

/** Of these, what a run that writes should live through. */
export const PASSING_WRITE_FAULTS: readonly FaultName[] = WRITE_FAULTS.filter(
  (name) => !LASTING.includes(name),
)

/**
 * Settings of a portal that makes trouble: without a bucket, and with a window of `windowSeconds`, so that a feigned
 * `OPERATION_TIME_LIMIT` costs that long instead of ten minutes (`operating_reset_at` says so). The window has to be
 * longer than the portal is at work between two such refusals: behind its end the client waits a full minute.
 */
export function troubledPortal(windowSeconds: number): Readonly<Record<string, string>> {
  return {
    plan: 'standard',
    'bucket-capacity': '1000000',
    'operating-seconds': '1000000',
    'window-seconds': String(windowSeconds),
  }
}

/** Settings of a client for it: small requests, so that there are enough of them for chance to strike. */
export const TROUBLED_CLIENT: readonly string[] = ['--plan', 'box', '--timeout', '2s', '--batch-size', '5']

/** `lost-reply=5%` for each. */
export function withChance(names: readonly FaultName[], percent: number): string[] {
  return names.map((name) => `${name}=${percent}%`)
}

/** Whether a rule, such as `inserts=5%`, changes rows. */
export function isChange(rule: string): boolean {
  return CHANGES.some((name) => rule.startsWith(name))
}
