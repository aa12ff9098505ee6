import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, renameSync, rmSync, statSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { binWords, endOf, startNode } from '../bench/child.ts'
import { type PortalProcess, withPortal } from '../bench/portal-process.ts'
import { withFolder } from '../bench/scratch.ts'
import { randomOf } from '../support/random.ts'

export interface KilledExport {
  /** Name of the file, which says the format. */
  readonly file: string
  readonly rows: number
  /** Portal time of a page, ms. */
  readonly pageMs: number
  /** Words behind those that export the list. */
  readonly words: readonly string[]
  readonly kills: number
  /** Kills come at random between the start of a process and this much later, ms. */
  readonly latestMs: number
  readonly seed: number
}

export interface KilledExportRun {
  readonly kills: number
  /** Kills at the moment when something happened in the folder of the file. */
  readonly atFiles: number
  /** Exports that were brought to their end, each by as many processes as it took. */
  readonly exports: number
  /** Requests of one export that nobody disturbs, and of all that were killed. */
  readonly requests: { readonly undisturbed: number; readonly killed: number }
  readonly seconds: number
  /** What is wrong, in words. */
  readonly faults: readonly string[]
}

const SELECT = 'ID,TITLE,STAGE_ID,OPPORTUNITY,COMMENTS'
const BOUND_MS = 600_000

/**
 * Exports a list, is killed, goes on, is killed again, as often as it is to be; begins again whenever an export was
 * complete. Each file has to be that of an export which nobody disturbed.
 */
export function killedExport(plan: KilledExport): Promise<KilledExportRun> {
  const { rows, pageMs, seed } = plan
  const settings = { plan: 'box', rows: String(rows), 'page-ms': String(pageMs), seed: String(seed) }
  return withPortal(settings, (portal) => withFolder((folder) => goThrough(plan, portal, folder)))
}

async function goThrough(
  plan: KilledExport,
  portal: PortalProcess,
  folder: string,
): Promise<KilledExportRun> {
  const startedAt = performance.now()
  const file = join(folder, plan.file)
  const start = (): Process => startExport(plan, portal, folder, file)
  const first = await start().ended
  if (first.code !== 0) throw new Error(`undisturbed it ended with ${first.code}: ${first.stderr}`)
  const expected = await checksum(file)
  renameSync(file, `${file}.old`)
  const undisturbed = (await portal.stats()).requests

  const chance = randomOf(plan.seed)
  const faults: string[] = []
  let kills = 0
  let atFiles = 0
  let exports = 0
  while (faults.length === 0) {
    const isLast = kills === plan.kills
    const process = start()
    // Half of the kills wait for a file to change, which is where half-done work shows.
    const isAtFile = chance() < 0.5
    const ms = chance() * plan.latestMs
    // The first changes are those of the lock.
    const changes = 1 + Math.floor(chance() * 8)
    if (!isLast) {
      const isHit = await momentReached(process, ms, changes, isAtFile ? folder : undefined)
      process.kill()
      if (isHit && isAtFile) atFiles++
    }
    const { code, signal, stderr } = await process.ended
    if (signal === 'SIGKILL') {
      kills++
      continue
    }
    if (code !== 0) faults.push(`ended with ${code ?? signal ?? '?'} after kill ${kills}: ${stderr}`)
    else {
      exports++
      faults.push(...(await faultsOf(file, expected, kills)))
      rmSync(file, { force: true })
    }
    if (isLast) break
  }
  const killed = (await portal.stats()).requests - undisturbed
  const seconds = (performance.now() - startedAt) / 1000
  return { kills, atFiles, exports, requests: { undisturbed, killed }, seconds, faults }
}

interface Process {
  readonly ended: ReturnType<typeof endOf>
  readonly kill: () => void
}

function startExport({ words }: KilledExport, portal: PortalProcess, home: string, file: string): Process {
  const command = ['get-all', 'crm.deal.list', '--select', SELECT, '--plan', 'box', '-o', file, '--resume']
  const env = { BX24_WEBHOOK: portal.webhook }
  const child = startNode(binWords(...command, ...words), home, env, ['ignore', 'ignore', 'pipe'])
  return { ended: endOf(child, BOUND_MS), kill: () => child.kill('SIGKILL') }
}

/** Resolves after this long, or behind that when so many changes have come to the folder: true if they did. */
async function momentReached(
  { ended }: Process,
  ms: number,
  changes: number,
  folder: string | undefined,
): Promise<boolean> {
  const isOver = ended.then(() => false)
  const waited = await Promise.race([pause(ms, true), isOver])
  if (!waited || folder === undefined) return false
  const watching = new AbortController()
  try {
    const changed = new Promise<boolean>((resolve) => {
      let left = changes
      watch(folder, { signal: watching.signal }, () => {
        if (--left === 0) resolve(true)
      })
    })
    return await Promise.race([changed, isOver])
  } finally {
    watching.abort()
  }
}

async function faultsOf(file: string, expected: string, kills: number): Promise<string[]> {
  if (!existsSync(file)) return [`exit code 0 without a file after kill ${kills}`]
  const folder = dirname(file)
  const left = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.`))
  // One that was killed with an empty draft of a lock in hand could not say whose it is: that goes when it is old.
  const strange = left.filter((name) => !name.endsWith('.old') && statSync(join(folder, name)).size > 0)
  return [
    ...((await checksum(file)) === expected ? [] : [`other bytes after kill ${kills}`]),
    ...(strange.length === 0 ? [] : [`left behind: ${strange.join(', ')}`]),
  ]
}

async function checksum(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
