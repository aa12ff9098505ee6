import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Leaves only so many kilobytes free, or all again. */
  readonly leave: (kilobytes: number | 'all') => void
  readonly unmount: () => void
}

const FILLER = '.filler'

/** A disk of its own, in memory, with room for so many kilobytes and files. */
export function smallDisk(kilobytes: number, files = 100): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'bx24-disk-'))
  // The folder itself takes a place, too.
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,nr_inodes=${files + 1}`, 'tmpfs', folder])
  return {
    folder,
    leave(free) {
      const filler = join(folder, FILLER)
      rmSync(filler, { force: true })
      if (free === 'all') return
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - free * 1024)))
    },
    unmount() {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Mounting needs root, and a container may be denied it all the same. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
