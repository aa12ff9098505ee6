import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runBx24 } from './child.ts'
import { withFolder } from './scratch.ts'

/** Packages that only a person at a terminal, another format or a configuration file needs. */
export const NOT_FOR_PIPES: readonly string[] = ['ora', 'cli-progress', 'csv-stringify', 'cosmiconfig']

/** Names of the packages whose code ran in a `bx24` with these words and a pipe for output, by V8's own record. */
export function packagesLoadedBy(words: readonly string[], webhook: string): Promise<readonly string[]> {
  return withFolder(async (folder) => {
    const { code, stderr } = await runBx24(words, {
      webhook,
      boundMs: 20_000,
      env: { NODE_V8_COVERAGE: folder },
      onOutput: () => undefined,
    })
    if (code !== 0) throw new Error(`bx24 ${words.join(' ')} ended with ${code}: ${stderr}`)
    const scripts = readdirSync(folder).flatMap((file) => scriptsIn(join(folder, file)))
    // Without our own code in it the record is worth nothing.
    if (!scripts.some((url) => url.endsWith('/bin/bx24.cjs'))) throw new Error('V8 recorded no scripts')
    const names = scripts.map(packageOf)
    return [...new Set(names.filter((name) => name !== undefined))].sort()
  })
}

function packageOf(url: string): string | undefined {
  // Made of the package by `scripts/build.mjs`.
  if (url.endsWith('/dist/spinner.cjs')) return 'ora'
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
}

function scriptsIn(file: string): string[] {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { result: readonly { readonly url: string }[] }
  return result.map(({ url }) => url)
}

/** What is wrong with what was loaded, in words. */
export function loadedFaults(loaded: readonly string[]): string[] {
  const unwanted = loaded.filter((name) => NOT_FOR_PIPES.includes(name))
  return unwanted.length === 0 ? [] : [`loaded in a pipe: ${unwanted.join(', ')}`]
}
