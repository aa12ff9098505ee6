const KEPT_MS = 24 * 3600 * 1000

interface Kept {
  readonly at: number
  readonly bodyText: string
  readonly answer: Buffer
}

/** What a key stands for: nothing yet, an answer to give again, or another body, for which it may not be used. */
export type Replay = { readonly answer: Buffer } | 'reused' | undefined

/** Answers to writes, kept for a day under the key that came with them, for each webhook and method. */
export class IdempotentAnswers {
  readonly #kept = new Map<string, Kept>()

  find(webhook: string, method: string, key: string, bodyText: string): Replay {
    const kept = this.#kept.get(`${webhook} ${method} ${key}`)
    if (kept === undefined || Date.now() - kept.at >= KEPT_MS) return undefined
    return kept.bodyText === bodyText ? { answer: kept.answer } : 'reused'
  }

  keep(webhook: string, method: string, key: string, bodyText: string, answer: Buffer): void {
    this.#kept.set(`${webhook} ${method} ${key}`, { at: Date.now(), bodyText, answer })
  }
}

/** A key is 1 to 255 printable characters of ASCII. */
export function isKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text)
}
