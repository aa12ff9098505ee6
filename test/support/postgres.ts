import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp-folder.ts'

const VERSIONS = '/usr/lib/postgresql'
const IS_ROOT = process.getuid?.() === 0

/** The folder with the programs of a PostgreSQL server; `undefined` if there is none that we could start. */
export function postgresPrograms(): string | undefined {
  const folders = [
    ...(existsSync(VERSIONS) ? readdirSync(VERSIONS).map((version) => join(VERSIONS, version, 'bin')) : []),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  const found = folders.find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  )
  const hasClient = spawnSync('psql', ['--version']).status === 0
  // The server refuses to run as root, so somebody else has to be there to run it.
  const hasOwner = !IS_ROOT || spawnSync('id', ['-u', 'postgres']).status === 0
  return hasClient && hasOwner ? found : undefined
}

/** Starts a server of its own for the test that is running; the environment by which `psql` finds it. */
export function startPostgres(programs: string): Record<string, string> {
  const folder = tempFolder()
  const owner = IS_ROOT ? 'postgres' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
  if (IS_ROOT) chownSync(folder, Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), 0)
  const run = (program: string, ...words: string[]): void => {
    const command = [join(programs, program), ...words]
    const [file = '', ...rest] = IS_ROOT ? ['runuser', '-u', owner, '--', ...command] : command
    execFileSync(file, rest, { stdio: 'ignore', cwd: folder })
  }
  const data = join(folder, 'data')
  run('initdb', '-D', data, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C')
  const settings = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c fsync=off`
  run('pg_ctl', '-D', data, '-w', '-o', settings, '-l', join(folder, 'log'), 'start')
  onTestFinished(() => run('pg_ctl', '-D', data, '-m', 'immediate', 'stop'))
  // Notices, such as that a table is there already, are no errors.
  const options = '-c client_min_messages=warning'
  return { PGHOST: folder, PGUSER: owner, PGDATABASE: 'postgres', PGOPTIONS: options }
}
