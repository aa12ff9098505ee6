/**
 * Where containers of a text end, by where they begin. Notes are made in the order in which containers open, and most are
 * asked for in that order too, so that finding one is a step or two; plain numbers, since an answer has ten thousand.
 */
export class NotedEnds {
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** The place of the container that is open at each depth. */
  readonly #open: number[] = []
  /** Where the last one was found. */
  #at = 0

  open(depth: number, start: number): void {
    this.#open[depth] = this.#starts.length
    this.#starts.push(start)
    this.#ends.push(-1)
  }

  close(depth: number, end: number): void {
    this.#ends[this.#open[depth] as number] = end
  }

  /** The byte behind the container that begins at `start`; `undefined` if it was not noted. */
  endOf(start: number): number | undefined {
    const starts = this.#starts
    let at = this.#at
    if ((starts[at] ?? Infinity) > start) at = firstFrom(starts, start)
    while (at < starts.length && (starts[at] as number) < start) at++
    this.#at = at
    return starts[at] === start ? this.#ends[at] : undefined
  }
}

/** The place of the first number that is not below `least`, in ascending numbers. */
function firstFrom(numbers: readonly number[], least: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}
