import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Context } from '../context.ts'
import { type Check, ok, skipped, warning } from './check.ts'

/** Until when a version of Node.js gets repairs. Source: https://github.com/nodejs/release, schedule.json */
const SUPPORTED_UNTIL: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
}

/** Tables of a million rows have some hundred megabytes. */
const LITTLE_BYTES = 500 * 1024 * 1024

export function checkNode(
  version: string,
  now: number,
  { environment }: Pick<Context, 'environment'>,
): Check {
  const major = Number(/^v(\d+)/.exec(version)?.[1])
  const until = SUPPORTED_UNTIL[major]
  if (until !== undefined && now > Date.parse(until)) {
    return warning('node', `Node.js ${version} gets no repairs since ${until}.`, 'Install Node.js 24.')
  }
  if (major === 20 && (environment['NODE_EXTRA_CA_CERTS'] ?? '') !== '') {
    return warning('node', `Node.js ${version} starts more slowly since NODE_EXTRA_CA_CERTS is set.`)
  }
  return ok('node', `Node.js ${version}`)
}

/** Room where output and state are written. */
export async function checkDisk(folders: readonly (string | undefined)[]): Promise<Check> {
  const told: string[] = []
  let isLittle = false
  for (const folder of new Set(folders)) {
    const bytes = folder === undefined ? undefined : await freeBytes(folder)
    if (folder === undefined || bytes === undefined) continue
    if (bytes < LITTLE_BYTES) isLittle = true
    told.push(`${Math.floor(bytes / 1024 / 1024).toLocaleString('en-US')} MB free for ${folder}`)
  }
  if (told.length === 0) return skipped('disk', 'this system does not say how much room there is')
  const text = told.join('; ')
  return isLittle
    ? warning('disk', text, 'An export of a million rows takes about a gigabyte.')
    : ok('disk', text)
}

/** What is free for this user; a folder that is not there yet is on the disk of the one above it. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error: unknown) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(folder) !== folder
    return isMissing ? freeBytes(dirname(folder)) : undefined
  }
}
