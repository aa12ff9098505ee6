import { jsonText } from './php-json.ts'
import { type PhpArray, list, map } from './values.ts'

const MOST_REQUESTS = 10_000
const MOST_REQUEST_CHARS = 8_000_000
const MOST_WRITES = 100_000

export interface LoggedRequest {
  readonly ordinal: number
  /** Unix milliseconds of arrival. */
  readonly at: number
  readonly method: string
  /** The commands of a batch as they came, or the parameters of a direct call. */
  readonly params: PhpArray
  readonly status: number
  readonly fault: string | undefined
  readonly rows: number
  readonly billedSeconds: number
}

export interface LoggedWrite {
  readonly ordinal: number
  readonly method: string
  readonly entity: string
  readonly id: number
  readonly asked: PhpArray
  readonly written: PhpArray | undefined
}

/**
 * What was executed, as lines of JSON: the last 10,000 requests (fewer if they are long) and up to 100,000 writes.
 * Lines are kept as text, so that nothing holds the rows they speak of.
 */
export class Journal {
  #requests: string[] = []
  #requestChars = 0
  readonly #writes: string[] = []
  #droppedWrites = 0
  #droppedRequests = 0

  request(entry: LoggedRequest): void {
    const { ordinal, at, method, params, status, fault, rows, billedSeconds } = entry
    const line = jsonText(
      map({
        kind: 'request',
        ordinal,
        at,
        method,
        params,
        status,
        fault: fault ?? null,
        rows,
        billedSeconds,
      }),
    )
    this.#requests.push(line)
    this.#requestChars += line.length
    if (this.#requests.length > MOST_REQUESTS || this.#requestChars > MOST_REQUEST_CHARS) this.#dropOldest()
  }

  write(entry: LoggedWrite): void {
    if (this.#writes.length >= MOST_WRITES) {
      this.#droppedWrites++
      return
    }
    const { ordinal, method, entity, id, asked, written } = entry
    this.#writes.push(
      jsonText(map({ kind: 'write', ordinal, method, entity, id, asked, written: written ?? list([]) })),
    )
  }

  *lines(): Generator<string> {
    for (const line of this.#requests) yield `${line}\n`
    for (const line of this.#writes) yield `${line}\n`
    yield `{"kind":"dropped","requests":${this.#droppedRequests},"writes":${this.#droppedWrites}}\n`
  }

  /** A tenth at a time, since dropping from the front moves all the rest. */
  #dropOldest(): void {
    const dropped = Math.ceil(this.#requests.length / 10)
    for (const line of this.#requests.slice(0, dropped)) this.#requestChars -= line.length
    this.#requests = this.#requests.slice(dropped)
    this.#droppedRequests += dropped
  }
}
