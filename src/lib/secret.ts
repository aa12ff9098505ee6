import { inspect } from 'node:util'

const HIDDEN = '***'

/** A text that cannot print itself: strings, JSON and `inspect` show `***`; only `reveal` opens it. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself; called where the request is put on the wire and nowhere else. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}

/** What is in these, to be looked for in other texts and hidden there. */
export function revealed(...records: readonly (Readonly<Record<string, Secret>> | undefined)[]): string[] {
  return records.flatMap((record) => Object.values(record ?? {})).map((secret) => secret.reveal())
}
