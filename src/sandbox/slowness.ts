/** From one page to another of the whole portal, both included, pages take `factor` times as long. */
export interface Slower {
  readonly factor: number
  readonly from: number
  readonly to: number
}

export const SLOWER_FORMS = 'FACTOR@PAGE (from that page on, for ever) or FACTOR@PAGE-PAGE'

/** Reads `4@1000` or `4@1000-2000`; undefined if it is neither. */
export function slower(text: string): Slower | undefined {
  const [, factor, from, to] = /^(\d+(?:\.\d+)?)@(\d+)(?:-(\d+))?$/.exec(text) ?? []
  const rule = { factor: Number(factor), from: Number(from), to: Number(to ?? Infinity) }
  return rule.factor >= 1 && rule.from >= 1 && rule.to >= rule.from ? rule : undefined
}

/** How much longer than usual the pages of a portal take, and how much more is billed for them. */
export class Slowness {
  readonly #shareByLoad: number
  readonly #slower: Slower | undefined
  readonly #inWork: () => number
  #pages = 0

  /** @param inWork how many requests are being worked on, the asking one included */
  constructor(shareByLoad: number, slower: Slower | undefined, inWork: () => number) {
    this.#shareByLoad = shareByLoad
    this.#slower = slower
    this.#inWork = inWork
  }

  /** The factor of the next page or other call, which counts it. */
  nextFactor(): number {
    const page = ++this.#pages
    const byLoad = 1 + this.#shareByLoad * (this.#inWork() - 1)
    const isSlower = this.#slower !== undefined && page >= this.#slower.from && page <= this.#slower.to
    return isSlower ? byLoad * this.#slower.factor : byLoad
  }
}
