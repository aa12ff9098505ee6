import { jsonText } from './php-json.ts'
import { type PhpArray, list, map } from './values.ts'

const MOST_REQUESTS = 10_000
const MOST_REQUEST_CHARS = 8_000_000
const MOST_WRITES = 100_000

const KINDS = ['request', 'write', 'dropped'] as const
export type JournalKind = (typeof KINDS)[number]

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
  /** Of the HTTP request that it came in. */
  readonly ordinal: number
  /** Whether it was a command of a batch. */
  readonly isNested: boolean
  readonly method: string
  readonly entity: string
  readonly id: number
  /** The parameters as the portal read them, of the types that it saw. */
  readonly asked: PhpArray
  /** What of them went into the row; undefined for a deletion. */
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
    const { ordinal, isNested, method, entity, id, asked, written } = entry
    const line = map({ kind: 'write', ordinal, nested: isNested, method, entity, id, asked })
    line.set('written', written ?? list([]))
    this.#writes.push(jsonText(line))
  }

  /** Everything, or what is of one kind. */
  *lines(kind?: JournalKind): Generator<string> {
    const isAsked = (one: JournalKind): boolean => kind === undefined || kind === one
    if (isAsked('request')) for (const line of this.#requests) yield `${line}\n`
    if (isAsked('write')) for (const line of this.#writes) yield `${line}\n`
    if (!isAsked('dropped')) return
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

export function isJournalKind(text: string): text is JournalKind {
  return KINDS.some((kind) => kind === text)
}
