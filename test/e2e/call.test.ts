import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { addLeads, callFaults } from '../bench/call-run.ts'
import { binWords, endOf, type ProcessRun, startNode } from '../bench/child.ts'
import { troubledPortal } from '../bench/fault-plan.ts'
import { executionsOf, fateFaults, tallyOf } from '../bench/fates.ts'
import { killedCall } from '../bench/killed-call.ts'
import { addWords, leadTitles, titlesIn, writeLeads } from '../bench/lead-input.ts'
import { type PortalProcess, withPortal } from '../bench/portal-process.ts'
import { type ResultLine, resultLines } from '../bench/result-lines.ts'
import { writtenField } from '../bench/write-log.ts'
import { tempFolder } from '../support/temp-folder.ts'

// A short selection of what `npm run bench` measures: real processes on both sides, HTTP in between.

const ROWS = 500
const BOUND_MS = 60_000

/** A portal that takes its time: 8 ms for a command. */
const SLOW = { rows: '10', plan: 'box', 'page-ms': '8' }

test(
  '500 leads through all kinds of trouble: none twice, each with a fate that is true',
  { timeout: 90_000 },
  async () => {
    const trouble = [
      'http-502@3',
      'lost-reply@5',
      'truncated@8',
      'rate-limit@9',
      'hang@12',
      'empty-batch@9',
      'http-504@17',
    ]
    const calls = ['refused-command=4%', 'failing-command=2%', 'lost-command=2%']
    const settings = { ...troubledPortal(2), rows: '10', fault: [...trouble, ...calls] }
    await withPortal(settings, async (portal) => {
      const words = ['--plan', 'box', '--timeout', '1s', '--batch-size', '20']
      const run = await addLeads(portal, { count: ROWS, words, boundMs: BOUND_MS })

      expect(callFaults(run)).toEqual([])
      expect([run.code, run.said.length]).toEqual([3, ROWS])
      const { done, refused, unknown } = tallyOf(run.said, run.executions)
      expect(Math.min(done, refused, unknown)).toBeGreaterThan(5)
      expect(Object.keys(run.stats.faults)).toHaveLength(trouble.length + calls.length)
    })
  },
)

test(
  'killed (-9) in the middle of a request and begun again: none twice, what was under way is unknown',
  { timeout: 90_000 },
  async () => {
    const run = await killedCall({
      name: 'one kill',
      count: ROWS,
      settings: SLOW,
      words: ['--plan', 'box'],
      // The first request has ten commands, the next but one twenty.
      kills: [{ since: 'first request', ms: 400 }],
      mostUnknown: 50,
      boundMs: BOUND_MS,
    })

    expect(run.faults).toEqual([])
    expect([run.kills, run.hits, run.code]).toEqual([1, 1, 3])
    const { done, refused, unknown, executed } = tallyOf(run.said, run.executions)
    expect([done + unknown, refused]).toEqual([ROWS, 0])
    expect(unknown).toBeGreaterThan(0)
    expect(executed).toBeGreaterThanOrEqual(done)
    const open = run.said.filter(({ outcome }) => outcome === 'unknown')
    expect(new Set(open.map(({ code }) => code))).toEqual(new Set(['INTERRUPTED']))
  },
)

interface SignalledRun extends Pick<ProcessRun, 'code' | 'signal' | 'stderr'> {
  readonly said: readonly ResultLine[]
}

/** Runs `bx24`; at a signal, if there is to be one, when the portal has begun to work on the third request. */
async function run(
  words: readonly string[],
  portal: PortalProcess,
  home: string,
  signal?: 'SIGINT',
): Promise<SignalledRun> {
  const env = { BX24_WEBHOOK: portal.webhook }
  const child = startNode(binWords(...words), home, env, ['ignore', 'pipe', 'pipe'])
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = endOf(child, BOUND_MS)
  if (signal !== undefined) {
    while ((await portal.stats()).requests < 3) await pause(5)
    child.kill(signal)
  }
  return { ...(await ended), said: resultLines(output) }
}

test(
  'Ctrl-C in the middle: what is under way gets its fate, and the same command goes on',
  { timeout: 90_000 },
  async () => {
    const home = tempFolder()
    const inputs = leadTitles(ROWS)
    const [journal, refused] = [join(home, 'leads.journal'), join(home, 'refused.ndjson')]
    const words = [
      ...addWords(writeLeads(home, inputs)),
      '--journal',
      journal,
      '--errors',
      refused,
      '--plan',
      'box',
    ]
    await withPortal(SLOW, async (portal) => {
      const executions = async (): Promise<ReturnType<typeof executionsOf>> =>
        executionsOf(await portal.writes(), (write) => writtenField(write, 'TITLE'))
      const first = await run(words, portal, home, 'SIGINT')

      expect([first.code, first.signal]).toEqual([null, 'SIGINT'])
      expect(first.said.length).toBeGreaterThan(10)
      expect(first.said.length).toBeLessThan(ROWS)
      const told = first.said.map(({ key }) => key)
      expect(fateFaults(told, first.said, await executions())).toEqual([])
      expect(new Set(first.said.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
      expect(titlesIn(existsSync(refused) ? readFileSync(refused, 'utf8') : '')).toEqual([])

      const second = await run(words, portal, home)

      expect([second.code, second.stderr]).toEqual([0, ''])
      expect(fateFaults(inputs, second.said, await executions())).toEqual([])
      expect(tallyOf(second.said, await executions())).toMatchObject({ done: ROWS, executed: ROWS, twice: 0 })
      expect(second.said.slice(0, first.said.length)).toEqual(first.said)
    })
  },
)
