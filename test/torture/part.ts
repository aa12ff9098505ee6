/** What became of a case. */
export interface CaseResult {
  /** Below the head of its part, behind its name and before the verdict. */
  readonly cells: readonly string[]
  /** What is wrong, in words; empty if nothing is. */
  readonly faults: readonly string[]
}

/** A run or some that belong together. Its name says all that it follows from, its seed too, so that it can be repeated. */
export interface Case<Result extends CaseResult = CaseResult> {
  readonly name: string
  readonly run: () => Promise<Result>
}

/** Cases of one kind, and what they must show. */
export interface Part<Result extends CaseResult = CaseResult> {
  readonly name: string
  /** What must hold, in a sentence or some. */
  readonly promise: string
  readonly head: readonly string[]
  /** How many cases go side by side. */
  readonly atOnce: number
  /** All cases for these seeds; with `isShort` a few of each kind that take seconds. */
  readonly cases: (seeds: readonly number[], isShort: boolean) => readonly Case<Result>[]
  /** A word on all cases together, and what is wrong with them. */
  readonly summary?: (results: readonly Result[]) => {
    readonly text: string
    readonly faults: readonly string[]
  }
  /** Why it cannot be run on this machine; `undefined` if it can. */
  readonly obstacle?: () => string | undefined
}
