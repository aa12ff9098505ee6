import type { Item } from './unit.ts'

/** Items that were read and not yet handed on; they leave in the order of their input. */
export class InOrder {
  readonly #items = new Map<number, Item>()
  #next = 0

  get size(): number {
    return this.#items.size
  }

  get isEmpty(): boolean {
    return this.#items.size === 0
  }

  /** Whether the next in order has its fate. */
  get hasSettled(): boolean {
    return this.#items.get(this.#next)?.fate !== undefined
  }

  /** Whether no more should be read; not while the next in order has not been, since nothing could leave before it. */
  isFull(window: number): boolean {
    return this.#items.size >= window && this.#items.has(this.#next)
  }

  add(items: readonly Item[]): void {
    for (const item of items) this.#items.set(item.ordinal, item)
  }

  /** The next items in order, as many as have their fate. */
  take(): Item[] {
    const taken: Item[] = []
    for (;;) {
      const item = this.#items.get(this.#next)
      if (item?.fate === undefined) return taken
      this.#items.delete(this.#next++)
      taken.push(item)
    }
  }

  /** All that have their fate, whatever is missing in front of them. */
  takeAll(): Item[] {
    const settled = [...this.#items.values()].filter(({ fate }) => fate !== undefined)
    for (const { ordinal } of settled) this.#items.delete(ordinal)
    return settled.sort((a, b) => a.ordinal - b.ordinal)
  }

  open(): Iterable<Item> {
    return this.#items.values()
  }
}
