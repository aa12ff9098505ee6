import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface RedisProgram {
  readonly path: string
  /** Where libraries lie that it needs and the system may not have. */
  readonly libraries: string | undefined
  /** `7.0.15` */
  readonly version: string
}

const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))
const FOLDER = join(CACHE, 'redis-server')
/** In Debian the server is the same program as its tools. */
const PROGRAM = 'usr/bin/redis-check-rdb'
const PACKAGES = ['redis-tools', 'liblzf1', 'libjemalloc2']
/** For everything that is fetched, altogether. */
const FETCH_MS = 120_000
/** The time of the server in scripts, and commands that they may send after having asked for it. */
const OLDEST = 5

/**
 * A Redis (or Valkey) server: the one that `BX24_TEST_REDIS` names, or the system's, or else the one of the system's
 * package, fetched by anybody, without installing it, into `node_modules/.cache`. Why there is none is the answer else.
 */
export async function redisProgram(): Promise<RedisProgram | string> {
  const named = process.env['BX24_TEST_REDIS'] ?? ''
  if (named !== '') return programAt(named) ?? `BX24_TEST_REDIS names ${named}, which is no Redis server`
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of ['redis-server', 'valkey-server']) {
      const found = programAt(join(folder, name))
      if (found !== undefined) return found
    }
  }
  const cached = fetched(FOLDER)
  if (cached !== undefined) return cached
  if (spawnSync('apt-get', ['--version']).status !== 0)
    return 'there is no redis-server, and no apt-get to fetch it'
  try {
    await fetchPackages()
  } catch (error: unknown) {
    const { stderr = '' } = error as { stderr?: string }
    return `there is no redis-server, and its package cannot be fetched: ${stderr.trim() || String(error)}`
  }
  return fetched(FOLDER) ?? 'the redis-server that was fetched does not run here'
}

/** With lists and archives of our own, so that nobody has to be root. */
async function fetchPackages(): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'fetching-'))
  try {
    for (const name of ['lists/partial', 'archives/partial'])
      mkdirSync(join(folder, name), { recursive: true })
    const places = [`Dir::State::lists=${folder}/lists`, `Dir::Cache=${folder}`, 'Debug::NoLocking=1']
    const options = [...places, 'APT::Sandbox::User=', 'Acquire::Retries=2'].flatMap((one) => ['-o', one])
    const run = promisify(execFile)
    const how = { cwd: folder, timeout: FETCH_MS / 2 }
    await run('apt-get', [...options, '-q', 'update'], how)
    await run('apt-get', [...options, '-q', 'download', ...PACKAGES], how)
    const root = join(folder, 'root')
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.deb')))
      execFileSync('dpkg-deb', ['-x', join(folder, name), root])
    // Another worker may have been faster.
    if (!existsSync(FOLDER)) renameSync(root, FOLDER)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fetched(root: string): RedisProgram | undefined {
  const lib = join(root, 'usr/lib')
  if (!existsSync(lib)) return undefined
  return programAt(
    join(root, PROGRAM),
    readdirSync(lib)
      .map((name) => join(lib, name))
      .join(delimiter),
  )
}

function programAt(path: string, libraries?: string): RedisProgram | undefined {
  if (!existsSync(path)) return undefined
  const { status, stdout } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    argv0: 'redis-server',
    env: environmentFor({ libraries }),
  })
  const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (status !== 0 || version === undefined || parseInt(version) < OLDEST) return undefined
  return { path, libraries, version }
}

export function environmentFor({ libraries }: Pick<RedisProgram, 'libraries'>): NodeJS.ProcessEnv {
  return libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries }
}
