/** More of a text than this helps nobody in a message. */
const SHOWN = 200

/** A text out of a file as it may stand in a message: without what could drive a terminal, and of bounded length. */
export function plainText(text: string): string {
  const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain
}
