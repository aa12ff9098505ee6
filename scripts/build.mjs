// Bundles the program and the library into dist/, with the types of the library. The library is split, and packages stay
// packages. The program is one CommonJS file, in which lie the packages that every run needs: Node.js loads a hundred
// modules, and its own ones as names of ES modules, more slowly than one file. As to read that file is a part of every
// start, the command that is run most has a shorter one. Nothing is replaced unless all of it succeeds.
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const COMMON = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  metafile: true,
  write: false,
}
/** What a run needs in any case; of undici the agent only. */
const INSIDE = /^(?:commander|bottleneck|undici\/lib\/dispatcher\/agent\.js)$/

/** What these packages load and we never use, though it takes a quarter of the start: what is left of it, by its path. */
const UNUSED = [
  // HTTP/2 is never spoken.
  { path: /client-h2\.js$/, by: /undici/, left: '' },
  // Bodies of ours are text.
  { path: /fetch\/body\.js$/, by: /undici/, left: '' },
  // All that is wanted of it is how large headers may be, and a class that no body of ours is of.
  {
    path: /^node:http$/,
    by: /undici/,
    left: 'exports.IncomingMessage = class {}; exports.maxHeaderSize = 16384',
  },
  // Commands of ours are no programs of their own.
  { path: /^node:child_process$/, by: /commander/, left: '' },
]

/** What a plain get-all never comes to; \`bin/bx24.cjs\` knows when it is a plain one. */
const NOT_FOR_GET_ALL =
  /\/(?:commands\/(?:auth|batch|call|config|count|doctor|explain|get-by-id|limits|methods|raw|sandbox)|cli\/(?:auth|doctor)\/[a-z-]+|portal-of|call-options|get-all-by-ids|resume|open-resumable|proof|sandbox-portal|reference|config-schema|limits-report)\.ts$/

/** What a run needs only where limits are shared over Redis lies in a file of its own. */
const FOR_REDIS = /^\.\/all\.ts$/

const library = await build({
  ...COMMON,
  entryPoints: { index: 'src/index.ts' },
  splitting: true,
  format: 'esm',
  packages: 'external',
})
const program = await buildProgram('main', 'src/cli/main.ts')
const unused = [{ path: NOT_FOR_GET_ALL, by: /\.ts$/, left: 'throw Error()' }]
const getAll = await buildProgram('get-all', 'src/cli/main.ts', unused)
const redis = await buildProgram('redis', 'src/engine/redis/all.ts')
const outputFiles = [library, program, getAll, redis].flatMap(({ outputFiles }) => outputFiles)
await mkdir('dist', { recursive: true })
for (const { path, contents } of outputFiles) await writeFile(path, contents)
await writeFile('dist/LICENSES.txt', await licensesOf(Object.keys(program.metafile.inputs)))
const written = new Set(outputFiles.map(({ path }) => path))
for (const name of await readdir('dist')) {
  const path = join(process.cwd(), 'dist', name)
  if (/\.c?js(\.map)?$/.test(name) && !written.has(path)) await rm(path)
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

function buildProgram(name, entry, unused = []) {
  return build({
    ...COMMON,
    entryPoints: { [name]: entry },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [
      { name: 'unused', setup: (bundler) => leaveOut(bundler, [...UNUSED, ...unused]) },
      { name: 'packages', setup: keepPackagesOutside },
    ],
  })
}

function leaveOut(bundler, unused) {
  const namespace = 'unused'
  for (const { path: filter, by, left } of unused) {
    bundler.onResolve({ filter }, ({ path, importer }) =>
      by.test(importer) ? { path, namespace, pluginData: left } : undefined,
    )
  }
  bundler.onLoad({ filter: /.*/, namespace }, ({ pluginData }) => ({ contents: pluginData }))
}

/** Names of packages that our own files import; packages that lie inside bring along what they need themselves. */
function keepPackagesOutside(bundler) {
  bundler.onResolve({ filter: FOR_REDIS }, ({ importer }) =>
    /engine.redis.load\.ts$/.test(importer) ? { path: './redis.cjs', external: true } : undefined,
  )
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
    const isOurs = !importer.includes('node_modules')
    return isOurs && importer !== '' && !INSIDE.test(path) ? { path, external: true } : undefined
  })
}

/** Packages may be passed on with their licences only. */
async function licensesOf(inputs) {
  const folders = inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
  const texts = [...new Set(folders)].filter(Boolean).map(async (folder) => {
    const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name))
    return `${folder.replace(/^.*node_modules\//, '')}\n\n${await readFile(join(folder, file), 'utf8')}`
  })
  return (await Promise.all(texts)).join('\n\n')
}
