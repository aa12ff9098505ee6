import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './system-code.ts'

/**
 * Makes a folder for this user alone, and those above it. Node.js, asked to do that, does not come back where the system
 * lets nobody make any.
 *
 * @throws whatever the system says
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}
