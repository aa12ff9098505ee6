import { type ByIdPlan, runPlan } from '../by-id-plan.ts'
import type { ByIdRun } from '../by-id-run.ts'
import { fixed, median, type Part, verdict } from '../part.ts'
import { table } from '../table.ts'

const FEW = 10_000
const MANY = 100_000
const MORE = 300_000
const SIZES = [FEW, MANY, MORE]
const MOST_GROWTH = 1.2
const MOST_MB = 256
/** Ids to a request; the last may be smaller. */
const BATCH = 50
const TIMES = 3

/**
 * V8 takes what it may before it tidies up, more and more until some 40,000 ids have passed: what is needed shows where
 * it may not.
 */
const TIGHT_HEAP_MB = 64

interface Judged {
  readonly plan: ByIdPlan
  readonly count: number
  readonly run: ByIdRun
  readonly faults: readonly string[]
}

export const BY_ID: Part = {
  name: 'by-id',
  promise: `Ids from a pipe need one request for ${BATCH}, and memory that does not grow with them: at most ${MOST_MB} MB, ${MORE} at most ${MOST_GROWTH} times what ${MANY} need, and with a heap of ${TIGHT_HEAP_MB} MB ${MANY} at most ${MOST_GROWTH} times what ${FEW} need.`,
  async run(say) {
    const judged: Judged[] = []
    for (const count of SIZES) {
      for (const heapMb of count === MORE ? [undefined] : [undefined, TIGHT_HEAP_MB]) {
        for (let run = 1; run <= TIMES; run++) {
          judged.push(await judge(count, run, heapMb))
          say(cellsOf(judged.at(-1) as Judged).join('  '))
        }
      }
    }
    const growths = [growth(judged, MANY, MORE), growth(judged, FEW, MANY, TIGHT_HEAP_MB)]
    return {
      report: `${table(HEAD, judged.map(cellsOf))}\n\nPeaks, by the medians:\n\n${growths.map(({ text }) => text).join('\n')}`,
      failures: [
        ...judged
          .filter(({ faults }) => faults.length > 0)
          .map(({ plan, faults }) => `${plan.name}: ${faults.join('; ')}`),
        ...growths.flatMap(({ faults }) => faults),
      ],
    }
  },
}

async function judge(count: number, number: number, heapMb: number | undefined): Promise<Judged> {
  const heap = heapMb === undefined ? '' : `, heap of ${heapMb} MB`
  const plan: ByIdPlan = {
    name: `${count} deals${heap}, run ${number}`,
    kind: 'deals',
    settings: { rows: String(count), plan: 'box' },
    words: ['--plan', 'box'],
    ...(heapMb === undefined ? {} : { heapMb }),
  }
  const run = await runPlan(plan)
  const peakMb = run.peakMb ?? Infinity
  const mostRequests = Math.ceil(count / BATCH)
  const faults = [
    ...run.faults,
    ...(peakMb <= MOST_MB ? [] : [`peak ${peakMb.toFixed(0)} MB, ${MOST_MB} promised`]),
    ...(run.stats.requests <= mostRequests
      ? []
      : [`${run.stats.requests} requests, ${mostRequests} promised`]),
  ]
  return { plan, count, run, faults }
}

function growth(
  judged: readonly Judged[],
  few: number,
  many: number,
  heapMb?: number,
): { text: string; faults: readonly string[] } {
  const peak = (count: number): number =>
    median(
      judged
        .filter((one) => one.count === count && one.plan.heapMb === heapMb)
        .map(({ run }) => run.peakMb ?? Number.NaN),
    )
  const ratio = peak(many) / peak(few)
  const name = `${many} ids to ${few}${heapMb === undefined ? '' : ` with a heap of ${heapMb} MB`}`
  // Not `>`: what could not be measured must not pass.
  const faults = ratio <= MOST_GROWTH ? [] : [`${name}: ${ratio.toFixed(2)}, ${MOST_GROWTH} promised`]
  return { text: `- ${name}: ${ratio.toFixed(2)}: ${verdict(faults)}`, faults }
}

const HEAD = ['run', 'lines', 'requests', 'wall s', 'CPU s', 'peak MB', 'exit', 'verdict']

function cellsOf({ plan, run, faults }: Judged): string[] {
  return [
    plan.name,
    String(run.lines),
    String(run.stats.requests),
    fixed(run.wallSeconds, 1),
    fixed(run.cpuSeconds, 2),
    fixed(run.peakMb, 0),
    String(run.code ?? run.signal),
    verdict(faults),
  ]
}
