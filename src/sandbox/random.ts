/** A well-mixed 32-bit number from two others: the only source of chance in the sandbox, so that a seed repeats it. */
export function mix(left: number, right: number): number {
  let hash = Math.imul(left ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(right + 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A number for a text, for salts. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** A share in [0, 1) from a mixed number. */
export function share(number: number): number {
  return number / 0x100000000
}

/** One of the choices, by a mixed number. */
export function pick<Choice>(choices: readonly Choice[], number: number): Choice {
  const choice = choices[number % choices.length]
  if (choice === undefined) throw new Error('nothing to pick from')
  return choice
}

/** A sequence of shares in [0, 1) that a seed repeats. */
export function dice(seed: number): () => number {
  let turn = 0
  return () => share(mix(seed, ++turn))
}
