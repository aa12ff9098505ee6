import { createHash, randomUUID } from 'node:crypto'
import { isRead } from './methods/reads.ts'
import type { Command } from './types.ts'

/**
 * How long a key counts: an hour less than the portal remembers it, since clocks differ and requests wait.
 * https://apidocs.bitrix24.com/api-reference/rest-v3/index.html
 */
export const KEY_VALID_MS = 23 * 3_600_000

/** What the keys of a run are made of, which goes on with those of an earlier one if it has the same. */
export interface IdempotencyKeys {
  readonly seed: string
  /** Unix ms before which none of them was used. */
  readonly since: number
}

export function newKeys(): IdempotencyKeys {
  return { seed: randomUUID(), since: Date.now() }
}

/** A key for a row: the same whenever the same row is sent under the same `seed`, and for no other one. */
export function keyOf(seed: string, ordinal: number, digest: string): string {
  return createHash('sha256').update(`${seed} ${ordinal} ${digest}`).digest('hex').slice(0, 40)
}

/** Whether sending a command again does nothing that it would not do once. */
export function isRepeatable({ method, idempotency }: Omit<Command, 'params'>): boolean {
  return isRead(method) || (idempotency !== undefined && Date.now() < idempotency.validUntil)
}
