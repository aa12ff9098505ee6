// Node 20 does not read TypeScript: bundles the benchmarks and the programs that they start, and runs them. The bundle lies
// where packages are found, so that they are loaded as the product loads them.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { format, resolveConfig } from 'prettier'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
await mkdir('node_modules/.cache', { recursive: true })
const folder = await mkdtemp(join('node_modules/.cache', 'bx24-bench-'))
try {
  await build({
    entryPoints: {
      main: 'test/bench/main.ts',
      'replay-server': 'test/bench/replay/serve.ts',
      'bare-program': 'test/bench/replay/bare-program.ts',
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  })
  const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href)
  process.exitCode = await main(process.argv.slice(2), pretty)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** As the formatter wants it, so that what is generated passes its check. */
async function pretty(text, file) {
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}
