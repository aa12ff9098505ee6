/**
 * Keeps `--sandbox METHOD` from taking the method for its value: the value may be left out, and what has no `=` is none.
 */
export function separateSandbox(argv: readonly string[]): string[] {
  return argv.map((word, at) =>
    word === '--sandbox' && argv[at + 1]?.includes('=') !== true ? '--sandbox=' : word,
  )
}
