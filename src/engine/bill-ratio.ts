/** Bounds on what one answer can make us believe about the price of the next. */
const BILL_RATIO = { least: 0.1, most: 10 }

/** Short calls are not counted at all, so that only so much work shows that the portal counts less than it works. */
const TELLING_SECONDS = 10

/** Where the learning of what the portal counts began: its counter then, and our own work until then. */
interface Since {
  operatingSeconds: number
  readonly workedSeconds: number
  /** Work in flight then, some of which the portal may have counted already. */
  readonly inFlightSeconds: number
  /** Our work until the portal's last word. */
  atSeconds: number
}

/** What is learnt of how the portal counts the work of a method. */
export interface LearntRatio {
  /** Seconds that the portal counts for each second worked, learnt from its counters: it may bill less, or more. */
  billRatio: number
  /** Seconds of our work that was answered, since ever. */
  workedSeconds: number
  since?: Since | undefined
  readonly observation?: Observed | undefined
}

interface Observed {
  readonly operatingSeconds: number
  readonly resetAt?: number | undefined
}

/**
 * Learns from the portal's count after an answer. Only while no basket has left since is its rise what our work was billed
 * at. Some portals count a request when it ends, others command by command: that it counts less than was worked is only
 * certain of what was not in flight when the learning began, and that it counts more is taken back by the next answers.
 */
export function learnRatio(
  learnt: LearntRatio,
  operatingSeconds: number,
  resetAt: number | undefined,
  inFlightSeconds: number,
): void {
  const { observation: before, since, workedSeconds } = learnt
  // Of a count of nothing no basket can have left.
  const hasLeft = before === undefined || (before.operatingSeconds > 0 && before.resetAt !== resetAt)
  if (since === undefined || hasLeft) {
    learnt.since = { operatingSeconds, workedSeconds, inFlightSeconds, atSeconds: workedSeconds }
    return
  }
  if (workedSeconds === since.atSeconds) {
    // Nothing of ours was answered since the last word: others work with the same method.
    since.operatingSeconds += operatingSeconds - before.operatingSeconds
    return
  }
  since.atSeconds = workedSeconds
  const worked = workedSeconds - since.workedSeconds
  const rise = operatingSeconds - since.operatingSeconds
  if (rise >= learnt.billRatio * worked) {
    learnt.billRatio = Math.min(BILL_RATIO.most, rise / worked)
    return
  }
  const certain = worked - since.inFlightSeconds
  if (certain < TELLING_SECONDS) return
  learnt.billRatio = Math.min(learnt.billRatio, Math.max(BILL_RATIO.least, rise / certain))
}
