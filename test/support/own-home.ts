import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

// Programs leave to each other what they know of a portal's limits, in the home folder; tests must not.
const home = mkdtempSync(join(tmpdir(), 'bx24-home-'))
process.env['HOME'] = home
delete process.env['XDG_STATE_HOME']
afterAll(() => rmSync(home, { recursive: true, force: true }))
