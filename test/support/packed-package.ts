import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * A folder in which the package is installed as its users get it: packed, with what `files` names and no more. The
 * packages that it needs are those of this folder. No network. For all tests of a file, gone behind the last of them.
 */
export function installedPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bx24-test-'))
  beforeAll(() => install(folder), 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function install(folder: string): void {
  const env = { ...process.env, npm_config_cache: join(folder, '.npm') }
  const words = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  execFileSync('npm', words, { cwd: ROOT, env, stdio: 'pipe' })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  const target = join(folder, 'node_modules', 'bx24-cli')
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', target, '--strip-components=1'])
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.'))
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
}
