import type { Outcome, SaidFate } from './fates.ts'

/** A line that a run wrote for an input. */
export interface ResultLine extends SaidFate {
  readonly line: number
  /** Of what was not done; empty else. */
  readonly code: string
}

interface Written {
  readonly line: number
  readonly key: string
  readonly outcome: Outcome
  readonly result?: number
  readonly error?: { readonly code: string }
}

/** The result lines of a run with `--key`, in their order. @throws SyntaxError for a line that is none */
export function resultLines(text: string): ResultLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { line: number, key, outcome, result, error } = JSON.parse(line) as Written
      return { line: number, key, outcome, id: result, code: error?.code ?? '' }
    })
}
