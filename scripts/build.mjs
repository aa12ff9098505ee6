// Bundles the program and the library into dist/, with the types of the library. The library is split, and packages stay
// packages. The program is one CommonJS file, in which lie the packages that every run needs: Node.js loads a hundred
// modules, and its own ones as names of ES modules, more slowly than one file. `bin/load-program.cjs` loads it, and keeps
// what V8 made of it. Nothing is replaced unless all of it succeeds.
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
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
/** What a run needs in any case; of undici the agent only. And what cannot be had by \`require\` everywhere. */
const INSIDE = /^(?:commander|bottleneck|undici\/lib\/dispatcher\/agent\.js|ora)$/

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

/** Modules of Node.js that hardly a run needs, and that take 3 to 8 ms each: loaded when something of them is used first. */
const LATE = /^node:(?:crypto|fs\/promises|stream\/consumers|tty)$/

/** What hardly a run needs, and shares nothing with the rest that would have to be the same, lies in files of its own. */
const APART = {
  redis: 'src/engine/redis/all.ts',
  sandbox: 'src/sandbox/all.ts',
  spinner: 'src/progress/spinner.ts',
}

const library = await build({
  ...COMMON,
  entryPoints: { index: 'src/index.ts' },
  splitting: true,
  format: 'esm',
  packages: 'external',
})
const program = await buildProgram('main', 'src/cli/main.ts')
const apart = await Promise.all(Object.entries(APART).map(([name, entry]) => buildProgram(name, entry)))
const outputFiles = [library, program, ...apart].flatMap(({ outputFiles }) => outputFiles)
await mkdir('dist', { recursive: true })
for (const { path, contents } of outputFiles) await writeFile(path, contents)
await rm('dist/compiled', { recursive: true, force: true })
await writeFile(
  'dist/LICENSES.txt',
  await licensesOf([program, ...apart].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
)
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

function buildProgram(name, entry) {
  return build({
    ...COMMON,
    entryPoints: { [name]: entry },
    format: 'cjs',
    // `bin/load-program.cjs` loads what it says, where `import` cannot be had.
    supported: { 'dynamic-import': false },
    outExtension: { '.js': '.cjs' },
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [
      { name: 'unused', setup: (bundler) => leaveOut(bundler, UNUSED) },
      { name: 'late', setup: loadLate },
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

/** In place of the module comes an object that asks for it when something of it is read. */
function loadLate(bundler) {
  const namespace = 'late'
  bundler.onResolve({ filter: LATE }, ({ path, importer }) =>
    importer.includes('node_modules') || importer === path ? undefined : { path, namespace },
  )
  bundler.onLoad({ filter: LATE, namespace }, ({ path }) => {
    const names = Object.keys(createRequire(import.meta.url)(path))
    const getters = names.map((name) => `get ${name}() { return require('${path}').${name} }`)
    return { contents: `module.exports = { ${getters.join(', ')} }` }
  })
}

/** Names of packages that our own files import; packages that lie inside bring along what they need themselves. */
function keepPackagesOutside(bundler) {
  bundler.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
    const own = Object.keys(APART).find((name) => join(resolveDir, path) === resolve(APART[name]))
    // From where the program lies, and from where it is loaded.
    const place = { path: `../dist/${own}.cjs`, external: true }
    return own === undefined || kind === 'entry-point' ? undefined : place
  })
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
