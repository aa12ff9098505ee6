// Bundles our own code into dist/: the program, split so that a command loads only what it uses, and the library with
// its types; packages stay packages. Nothing is replaced unless the bundling succeeds.
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const { outputFiles } = await build({
  entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  write: false,
})
await mkdir('dist', { recursive: true })
for (const { path, contents } of outputFiles) await writeFile(path, contents)
const written = new Set(outputFiles.map(({ path }) => path))
for (const name of await readdir('dist')) {
  const path = join(process.cwd(), 'dist', name)
  if (/\.js(\.map)?$/.test(name) && !written.has(path)) await rm(path)
}

// Types of the library. What tsc knows from last time lies beside them, so that both are gone or neither.
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
process.exitCode = status ?? 1
// Compilers resolve .js to .d.ts in every mode; .ts they resolve in some.
for (const name of await readdir('dist/types', { recursive: true })) {
  if (!name.endsWith('.d.ts')) continue
  const path = join('dist/types', name)
  const text = await readFile(path, 'utf8')
  const rewritten = text.replace(/(from '|import\(')(\.[^']*)\.ts'/g, "$1$2.js'")
  if (rewritten !== text) await writeFile(path, rewritten)
}
