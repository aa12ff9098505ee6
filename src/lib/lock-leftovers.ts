import { readdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Holder, isGone, readHolder } from './lock-holder.ts'

/** What is written in passing is surely left behind after this long. */
const PASSING_MS = 60_000

/**
 * Removes what processes that were killed while they took a lock have left beside it: drafts, and rights to replace it.
 * Whatever may still be of use to somebody stays.
 */
export async function sweepLeftovers(lock: string, us: Holder): Promise<void> {
  const folder = dirname(lock)
  const names = await readdir(folder).catch(() => [])
  const passing = names.filter(
    (name) => name.startsWith(basename(lock)) && isPassing(name.slice(basename(lock).length)),
  )
  for (const name of passing) {
    const path = join(folder, name)
    if (await isLeft(path, us)) await unlink(path).catch(() => undefined)
  }
}

function isPassing(suffix: string): boolean {
  return /^(?:\.[0-9a-f]{12})+(?:\.new)?$/.test(suffix)
}

async function isLeft(path: string, us: Holder): Promise<boolean> {
  const holder = await readHolder(path)
  const isDead = typeof holder === 'object' && (await isGone(holder, us))
  // A draft is nobody else's; a right of the dead may just be passing to somebody, and an empty file be written.
  if (isDead && path.endsWith('.new')) return true
  const found = await stat(path).catch(() => undefined)
  const isOld = found !== undefined && Date.now() - found.mtimeMs > PASSING_MS
  return isOld && (isDead || holder === 'unreadable')
}
