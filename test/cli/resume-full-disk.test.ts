import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bulkPortal } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** Mounting needs root, and a container may be denied it all the same. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.runIf(canMount()).each(['ndjson', 'csv', 'ndjson.gz'])(
  'a disk that is full ends a %s export, which goes on when there is room',
  async (format) => {
    const portal = await bulkPortal('rows=6000,page-ms=25')
    const disk = tempFolder()
    const room = format === 'ndjson' ? 4_000 : 900
    execFileSync('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${format === 'ndjson.gz' ? 300 : room}k`,
      'tmpfs',
      disk,
    ])
    onTestFinished(() => void execFileSync('umount', [disk]))
    const [name, whole] = [`deals.${format}`, `whole.${format}`]
    const words = (file: string): string[] => ['get-all', 'crm.deal.list', '--resume', '-o', file]
    const full = await portal.run([...words(name), '--concurrency', '2', '--batch-size', '10'], { cwd: disk })
    expect(full.code).toBe(74)
    expect(full.stderr).toContain('the disk is full (ENOSPC)')
    expect(full.stderr).toContain('next: make room, then go on with: bx24 get-all')
    expect(readdirSync(disk).sort()).toEqual([`${name}.partial`, `${name}.partial.checkpoint`])
    execFileSync('mount', ['-o', 'remount,size=50m', disk])
    const { code, stderr } = await portal.run([...words(name), '--summary', 'json'], { cwd: disk })
    const { rows, rowsBefore } = JSON.parse(stderr) as Record<'rows' | 'rowsBefore', number>
    expect([code, rows + rowsBefore]).toEqual([0, 6_000])
    expect(rowsBefore).toBeGreaterThan(0)
    await portal.run(words(whole), { cwd: disk })
    expect(readFileSync(join(disk, name)).equals(readFileSync(join(disk, whole)))).toBe(true)
  },
)
