// Node 20 does not read TypeScript: bundles the benchmarks with the project's own code and runs them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { format, resolveConfig } from 'prettier'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const folder = await mkdtemp(join(tmpdir(), 'bx24-bench-'))
try {
  const outfile = join(folder, 'main.mjs')
  await build({
    entryPoints: ['test/bench/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  })
  const { main } = await import(pathToFileURL(outfile).href)
  process.exitCode = await main(process.argv.slice(2), pretty)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** As the formatter wants it, so that what is generated passes its check. */
async function pretty(markdown) {
  return format(markdown, { ...(await resolveConfig('test/bench/results.md')), parser: 'markdown' })
}
