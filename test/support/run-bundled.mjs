import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { format, resolveConfig } from 'prettier'

/**
 * Node 20 does not read TypeScript: bundles programs, and runs the one that is called `main` with the words of the command
 * line. The bundle lies where packages are found, so that they are loaded as the product loads them.
 */
export async function runBundled(name, entryPoints) {
  process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
  await mkdir('node_modules/.cache', { recursive: true })
  const folder = await mkdtemp(join('node_modules/.cache', `bx24-${name}-`))
  try {
    await build({
      entryPoints,
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
}

/** As the formatter wants it, so that what is generated passes its check. */
async function pretty(text, file) {
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}
