/** Options whose value may be left out; if it is given, it stands behind an equals sign. */
const BARE: Readonly<Record<string, (next: string) => boolean>> = {
  // What has no equals sign is no setting of the sandbox portal, so the next word is the method.
  '--sandbox': (next) => !next.includes('='),
  '--flatten': () => true,
  '--trace-http': () => true,
}

/** Keeps `--sandbox METHOD`, `--flatten METHOD` and `--trace-http METHOD` from taking the method for their value. */
export function separateOptionalValues(argv: readonly string[]): string[] {
  return argv.map((word, at) => (BARE[word]?.(argv[at + 1] ?? '') === true ? `${word}=` : word))
}
