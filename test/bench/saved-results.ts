import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The last results of a part, kept in the repository so that one part can be measured again without the others. */
export interface SavedResult {
  readonly part: string
  /** `2026-01-31`. */
  readonly date: string
  /** Of bx24. */
  readonly version: string
  /** Lines of Markdown: where and with what it was measured. */
  readonly machine: readonly string[]
  readonly seconds: number
  readonly promise: string
  /** Lines of Markdown. */
  readonly report: readonly string[]
  /** What was promised and did not hold. */
  readonly failures: readonly string[]
}

/** The last results of these parts, in this order; parts that were never measured are left out. */
export function readResults(folder: string, parts: readonly string[]): SavedResult[] {
  return parts
    .map((part) => join(folder, `${part}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as SavedResult)
}

/** @param pretty lays JSON out as the formatter wants it */
export async function saveResult(
  folder: string,
  result: SavedResult,
  pretty: (json: string) => Promise<string>,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${result.part}.json`), await pretty(JSON.stringify(result)))
}
