/**
 * Lets one answer be read in each turn of the event loop: to read a large one takes tens of milliseconds, in which nobody
 * sees that other answers have begun and that the portal is free for more.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  next(): Promise<void> {
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          setImmediate(resolve)
        }),
    )
    return this.#last
  }
}
