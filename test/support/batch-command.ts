import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BulkPortal } from './bulk-portal.ts'
import type { CliRun } from './run-cli.ts'
import { tempFolder } from './temp-folder.ts'

/** A result line of `bx24 batch`, as far as tests look at it. */
export interface Told {
  readonly line: number
  readonly id: unknown
  readonly result?: unknown
  readonly total?: number
  readonly next?: number
  readonly time?: Readonly<Record<string, number>>
  readonly error?: { readonly code: string; readonly description: string }
}

/** Commands, one a line. */
export function commands(...given: readonly unknown[]): string {
  return given.map((command) => `${JSON.stringify(command)}\n`).join('')
}

/** Runs a batch from a file of this name. */
export function runFile(
  portal: BulkPortal,
  name: string,
  content: string,
  ...words: string[]
): Promise<CliRun> {
  const cwd = tempFolder()
  writeFileSync(join(cwd, name), content)
  return portal.run(['batch', name, ...words], { cwd })
}
