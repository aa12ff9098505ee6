import { JsonText } from '../../src/protocol/json-text.ts'

/** Rows from JSON texts, each in bytes of its own. */
export function rows(...texts: readonly string[]): JsonText[] {
  return texts.map((text) => JsonText.of(Buffer.from(text)))
}
