import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ledgerName, readLedgerFile } from '../../engine/ledger/ledger-file.ts'
import { levelAt } from '../../engine/ledger/level.ts'
import { isGone, readHolder, thisProcess } from '../../lib/lock-holder.ts'
import type { Context } from '../context.ts'
import { type Check, ok, skipped, warning } from './check.ts'

/** Whether the limits of the portal can be kept together with other programs, and what is known of them. */
export function checkLedger(folder: string | undefined, host: string | undefined, now: number): Check {
  const name = 'ledger'
  if (folder === undefined)
    return warning(name, 'this user has no folder for state: every program counts for itself')
  try {
    accessSync(existing(folder), constants.W_OK)
  } catch {
    return warning(
      name,
      `${folder} cannot be written: every program counts for itself`,
      'Name another: --state-dir',
    )
  }
  if (host === undefined) return skipped(name, 'no portal is known')
  const path = join(folder, ledgerName(host))
  let found: ReturnType<typeof readLedgerFile>
  try {
    found = readLedgerFile(path)
  } catch (error: unknown) {
    return warning(name, `${path} cannot be read: ${(error as Error).message}`)
  }
  if (found === undefined) return ok(name, `${path}: nothing was asked of ${host} yet`)
  if (found === 'newer') return warning(name, `${path} is of another version of bx24, and not shared with it`)
  if (found === 'unreadable') return warning(name, `${path} is damaged; the next run begins it anew`)
  const { refusals, places } = found.bucket
  const level = Math.ceil(levelAt(found.bucket, found.bucket, now))
  const told = `${path}: ${level} of ${places} places of the bucket in use, ${refusals} refusals so far`
  return refusals === 0
    ? ok(name, told)
    : warning(name, told, 'Something else asks the portal from this address, or the plan is another.')
}

/** Locks and unfinished files in the working folder whose run has ended. */
export async function checkLeftovers({ cwd, pid }: Pick<Context, 'cwd' | 'pid'>): Promise<Check> {
  const name = 'leftovers'
  const names = readdirSync(cwd)
  const locks = names.filter((one) => one.endsWith('.lock'))
  const us = await thisProcess(pid)
  const stale: string[] = []
  const held: string[] = []
  for (const lock of locks) {
    const holder = await readHolder(join(cwd, lock))
    if (typeof holder !== 'object') continue
    if (await isGone(holder, us)) stale.push(lock)
    else held.push(lock)
  }
  const partial = names.filter(
    (one) =>
      /\.partial$/.test(one) && !held.includes(one.replace(/\.partial$/, '.lock')) && isFile(join(cwd, one)),
  )
  const told = [
    ...(held.length === 0 ? [] : [`in use by running programs: ${held.join(', ')}`]),
    ...(stale.length === 0
      ? []
      : [`locks of runs that have ended, which the next run takes over: ${stale.join(', ')}`]),
    ...(partial.length === 0 ? [] : [`rows of runs that ended early: ${partial.join(', ')}`]),
  ]
  if (told.length === 0) return ok(name, `none in ${cwd}`)
  return stale.length + partial.length === 0
    ? ok(name, told.join('; '))
    : warning(name, told.join('; '), 'get-all -o FILE --resume goes on where there is a checkpoint.')
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The folder, or the lowest one above it that is there. */
function existing(folder: string): string {
  try {
    statSync(folder)
    return folder
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error
    return existing(dirname(folder))
  }
}
