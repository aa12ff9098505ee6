import { tallyOf } from '../fates.ts'
import { type Kill, killedCall, type KilledCall, type KilledRun } from '../killed-call.ts'
import { fixed, type Part, verdict } from '../part.ts'
import { sideBySide } from '../side-by-side.ts'
import { table } from '../table.ts'

const ROWS = 5000
const KILLS = 20
const BATCH = 50
const RUNS = 3

/** Each run waits for its portal most of the time. */
const AT_ONCE = 3

/** Most of the processes are killed within so many ms of their first request, one in five while it starts. */
const KILL_MS = 900
const START_MS = 500

/** A command takes so long, so that all of them take longer than the processes that are killed have together. */
const PAGE_MS = '4'

/** Without limits, since the portal is to be the one that takes its time. */
const PORTAL = { rows: '10', plan: 'box', 'page-ms': PAGE_MS }

export const CALL_KILLS: Part = {
  name: 'call-kills',
  promise: `${ROWS} new leads with a journal, killed (-9) at ${KILLS} random moments and each time begun again by the same command: none comes twice, each has exactly one fate, which is true, a kill leaves at most one request of ${BATCH} without one, and the last output has a line for each, in order.`,
  async run(say) {
    const tasks = Array.from({ length: RUNS }, (_, run) => plans(run + 1))
      .flat()
      .map((call) => async () => {
        const judged = await killedCall(call)
        say(cellsOf(judged).join('  '))
        return judged
      })
    const judged = await sideBySide(tasks, AT_ONCE)
    return {
      report: table(HEAD, judged.map(cellsOf)),
      failures: judged
        .filter(({ faults }) => faults.length > 0)
        .map(({ name, faults }) => `${name}: ${faults.join('; ')}`),
    }
  },
}

function plans(run: number): KilledCall[] {
  const common = { count: ROWS, mostUnknown: BATCH, boundMs: 300_000 }
  const client = ['--plan', 'box']
  const kills = (): Kill[] => Array.from({ length: KILLS }, (_, at) => randomKill(at))
  return [
    {
      ...common,
      name: `kills, run ${run}`,
      settings: { ...PORTAL, seed: String(run) },
      words: client,
      kills: kills(),
    },
    {
      ...common,
      name: `and answers lost at 3 %, run ${run}`,
      settings: { ...PORTAL, seed: String(run), fault: 'lost-reply=3%' },
      words: client,
      kills: kills(),
    },
    {
      ...common,
      name: `and four requests at a time, run ${run}`,
      settings: { ...PORTAL, 'page-ms': '16', seed: String(run) },
      words: [...client, '--concurrency', '4'],
      kills: kills(),
      mostUnknown: 4 * BATCH,
    },
  ]
}

function randomKill(at: number): Kill {
  return at % 5 === 4
    ? { since: 'start', ms: Math.random() * START_MS }
    : { since: 'first request', ms: Math.random() * KILL_MS }
}

const HEAD = [
  'run',
  'kills',
  'in flight',
  'done',
  'refused',
  'unknown',
  'worst kill',
  'executed',
  'twice',
  'requests',
  'wall s',
  'exit',
  'verdict',
]

function cellsOf({
  name,
  kills,
  hits,
  said,
  executions,
  worstKill,
  requests,
  seconds,
  code,
  faults,
}: KilledRun): string[] {
  const { done, refused, unknown, executed, twice } = tallyOf(said, executions)
  const counts = [kills, hits, done, refused, unknown, worstKill, executed, twice, requests].map(String)
  return [name, ...counts, fixed(seconds, 1), String(code), verdict(faults)]
}
