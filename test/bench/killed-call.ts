import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { binWords, endOf, type ProcessRun, startNode } from './child.ts'
import { type Executions, executionsOf, fateFaults } from './fates.ts'
import { openRows } from './journal-scan.ts'
import { addWords, leadTitles, writeLeads } from './lead-input.ts'
import { type PortalProcess, type PortalSettings, withPortal } from './portal-process.ts'
import { type ResultLine, resultLines } from './result-lines.ts'
import { withFolder } from './scratch.ts'
import { writtenField } from './write-log.ts'

/** A moment, in ms since the process was started, or since it sent its first request. */
export interface Kill {
  readonly since: 'start' | 'first request'
  readonly ms: number
  /** Only while something is in flight: later, if nothing is at that moment. */
  readonly mustHit?: boolean
}

export interface KilledCall {
  readonly name: string
  readonly count: number
  readonly settings: PortalSettings
  /** Words behind those that add the leads with a journal. */
  readonly words: readonly string[]
  /** When to kill, process by process; the one behind the last may end by itself. */
  readonly kills: readonly Kill[]
  /** Most rows that one kill may leave without a fate. */
  readonly mostUnknown: number
  readonly boundMs: number
}

export interface KilledRun {
  readonly name: string
  readonly kills: number
  /** Kills that struck while something was in flight. */
  readonly hits: number
  readonly said: readonly ResultLine[]
  readonly executions: Executions
  readonly requests: number
  readonly seconds: number
  readonly code: number | null
  /** Rows that the worst kill left without a fate. */
  readonly worstKill: number
  /** What is wrong, in words. */
  readonly faults: readonly string[]
}

/** Adds leads with a journal, by one and the same command again and again: killed each time but the last. */
export function killedCall(call: KilledCall): Promise<KilledRun> {
  return withPortal(call.settings, (portal) => withFolder((folder) => goThrough(call, portal, folder)))
}

async function goThrough(call: KilledCall, portal: PortalProcess, folder: string): Promise<KilledRun> {
  const inputs = leadTitles(call.count)
  const journal = join(folder, 'leads.journal')
  const output = join(folder, 'out.ndjson')
  const words = [...addWords(writeLeads(folder, inputs)), '--journal', journal]
  const start = (boundMs: number): Start =>
    startCall([...words, '-o', output, '--accept-partial', ...call.words], portal, folder, boundMs)
  const startedAt = performance.now()

  let kills = 0
  let hits = 0
  let worstKill = 0
  let before: ReadonlySet<number> = new Set()
  for (const kill of call.kills) {
    const size = sizeOf(journal)
    const { child, ended } = start(call.boundMs)
    const isOver = ended.then(() => true)
    // The first thing that a process writes into a journal that has its header is what it is about to send.
    if (kill.since === 'first request')
      await until(() => sizeOf(journal) > Math.max(size, HEADER_BYTES), isOver)
    await Promise.race([pause(kill.ms), isOver])
    if (kill.mustHit === true) await until(() => openRows(journal).size > before.size, isOver)
    child.kill('SIGKILL')
    if ((await ended).signal !== 'SIGKILL') break
    kills++
    const open = openRows(journal)
    const left = [...open].filter((ordinal) => !before.has(ordinal)).length
    if (left > 0) hits++
    worstKill = Math.max(worstKill, left)
    before = open
  }
  const last = await start(call.boundMs).ended
  const seconds = (performance.now() - startedAt) / 1000

  const said = last.isTimedOut ? [] : resultLines(readFileSync(output, 'utf8'))
  const executions = executionsOf(await portal.writes(), (write) => writtenField(write, 'TITLE'))
  const { requests } = await portal.stats()
  const run = {
    name: call.name,
    kills,
    hits,
    said,
    executions,
    requests,
    seconds,
    code: last.code,
    worstKill,
  }
  return { ...run, faults: faultsOf(run, last, call, inputs) }
}

/** No header is longer, and no first line about what is sent as short. */
const HEADER_BYTES = 400
const POLL_MS = 3

async function until(isReached: () => boolean, isOver: Promise<boolean>): Promise<void> {
  while (!isReached()) if (await Promise.race([pause(POLL_MS, false), isOver])) return
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

interface Start {
  readonly child: ReturnType<typeof startNode>
  readonly ended: ReturnType<typeof endOf>
}

function startCall(
  words: readonly string[],
  { webhook }: PortalProcess,
  home: string,
  boundMs: number,
): Start {
  const child = startNode(binWords(...words), home, { BX24_WEBHOOK: webhook }, ['ignore', 'ignore', 'pipe'])
  return { child, ended: endOf(child, boundMs) }
}

function faultsOf(
  { kills, hits, said, executions, worstKill }: Omit<KilledRun, 'faults'>,
  last: Pick<ProcessRun, 'code' | 'isTimedOut' | 'stderr'>,
  { kills: planned, mostUnknown }: KilledCall,
  inputs: readonly string[],
): string[] {
  if (last.isTimedOut) return ['no end within its time']
  const isAllDone = said.every(({ outcome }) => outcome === 'done')
  const faults = fateFaults(inputs, said, executions)
  if (kills < planned.length) faults.push(`ended before kill ${kills + 1}`)
  // What strikes nothing shows nothing.
  if (hits < kills / 4) faults.push(`only ${hits} of ${kills} kills struck while something was in flight`)
  if (worstKill > mostUnknown) faults.push(`a kill left ${worstKill} without a fate, ${mostUnknown} promised`)
  if (last.code !== (isAllDone ? 0 : 3)) faults.push(`ended with ${last.code ?? '?'}: ${last.stderr}`)
  return faults
}
