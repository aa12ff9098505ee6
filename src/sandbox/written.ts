import { jsonText } from './php-json.ts'
import type { PhpArray, Value } from './values.ts'

/** An object that was written when it was answered: what a later command of the same batch changes does not show. */
export class Written implements PhpArray {
  readonly json: string
  readonly #array: PhpArray

  constructor(array: PhpArray) {
    this.#array = array
    this.json = jsonText(array)
  }

  get size(): number {
    return this.#array.size
  }

  get(key: string): Value | undefined {
    return this.#array.get(key)
  }

  entries(): Iterable<[string, Value]> {
    return this.#array.entries()
  }
}
