import type { EventListener, WaitReason } from './events.ts'

/** What is held back, why, and until about when (Unix ms). */
export interface Held {
  readonly method: string
  readonly reason: WaitReason
  readonly until: number
}

/** Runs `wait`, and tells when it begins and when it is over, however it ends. */
export async function holdBack(
  onEvent: EventListener,
  { method, reason, until }: Held,
  wait: () => Promise<void>,
): Promise<void> {
  onEvent({ type: 'waiting', method, reason, until })
  try {
    await wait()
  } finally {
    onEvent({ type: 'waited', method, reason })
  }
}
