import { knowsOption } from '../child.ts'
import { endFaults, exportRows } from '../export-run.ts'
import { failuresOf, type JudgedRun, median, type Part, runTable, sayRun, verdict } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { exactly, rowFaults } from '../row-faults.ts'

const FEW = 100_000
const MANY = 1_000_000
const MOST_GROWTH = 1.2

/** Long enough for requests to be on their way side by side, short enough for a million rows. */
const PAGE_MS = 10

interface Case {
  readonly name: string
  readonly to: 'file' | 'pipe'
  readonly words: readonly string[]
  readonly rowBytes: number
  readonly mostMb: number
  /** The growth is judged too. */
  readonly isCompared: boolean
}

const DEFAULTS: readonly Case[] = (['file', 'pipe'] as const).map((to) => ({
  name: `to a ${to}`,
  to,
  words: [],
  rowBytes: 1000,
  mostMb: 200,
  isCompared: true,
}))

const CAPPED: readonly Case[] = [
  { lanes: 4, mostMb: 160 },
  { lanes: 8, mostMb: 200 },
].map(({ lanes, mostMb }) => ({
  name: `of 1.35 KB, ${lanes} lanes, to a file`,
  to: 'file',
  words: ['--concurrency', String(lanes)],
  rowBytes: 1350,
  mostMb,
  isCompared: false,
}))

/**
 * Peaks depend on when the collector ran, by a tenth and more from run to run: each size is run several times. For the
 * bound in MB the worst run counts, for the growth the medians.
 */
const TIMES = { few: 5, many: 3 }

export const MEMORY: Part = {
  name: 'memory',
  promise: `A million rows of 1.35 KB need at most 160 MB with four lanes and 200 MB with eight. Memory stays flat: a million rows of 1 KB need at most ${MOST_GROWTH} times what a hundred thousand need, to a file and to a pipe, and at most 200 MB with default settings.`,
  options: ['only'],
  async run(say, { only = '' }) {
    const isCapped = await knowsOption('get-all', '--concurrency')
    const judged: JudgedRun[] = []
    const growths: string[] = []
    const failures: string[] = []
    for (const one of [...DEFAULTS, ...(isCapped ? CAPPED : [])].filter(({ name }) => name.includes(only))) {
      const few = one.isCompared ? await measureTimes(TIMES.few, FEW, one, say) : []
      const many = await measureTimes(TIMES.many, MANY, one, say)
      judged.push(...few, ...many)
      if (!one.isCompared) continue
      const { text, faults } = growthOf(one, peaks(few), peaks(many))
      growths.push(text)
      failures.push(...faults)
    }
    const notes = [
      ...(growths.length === 0
        ? []
        : ['Peak of the million to the peak of the hundred thousand:', growths.join('\n')]),
      ...(isCapped ? [] : ['This get-all has no option for the number of requests side by side.']),
    ]
    return {
      report: [runTable(judged), ...notes].join('\n\n'),
      failures: [...failuresOf(judged), ...failures],
    }
  },
}

async function measureTimes(
  times: number,
  rows: number,
  one: Case,
  say: (text: string) => void,
): Promise<JudgedRun[]> {
  const judged: JudgedRun[] = []
  for (let run = 1; run <= times; run++) {
    judged.push(await measure(rows, one, run))
    sayRun(say, judged.at(-1) as JudgedRun)
  }
  return judged
}

function growthOf(
  { name }: Case,
  few: readonly number[],
  many: readonly number[],
): { text: string; faults: readonly string[] } {
  const ratio = median(many) / median(few)
  const worst = Math.max(...many) / Math.min(...few)
  // Not `>`: what could not be measured must not pass.
  const faults =
    ratio <= MOST_GROWTH ? [] : [`${ratio.toFixed(2)} times the peak of ${FEW} rows, ${MOST_GROWTH} promised`]
  return {
    text: `- ${name}: ${ratio.toFixed(2)} by the medians (the worst of one to the best of the other ${worst.toFixed(2)}): ${verdict(faults)}`,
    faults: faults.map((fault) => `${MANY} ${name}: ${fault}`),
  }
}

function peaks(judged: readonly JudgedRun[]): number[] {
  return judged.map(({ run }) => run.peakMb ?? Number.NaN)
}

function measure(rows: number, one: Case, count: number): Promise<JudgedRun> {
  const { name, to, rowBytes, mostMb } = one
  const settings = {
    rows: String(rows),
    plan: 'box',
    'page-ms': String(PAGE_MS),
    'row-bytes': String(rowBytes),
  }
  return withPortal(settings, async (portal) => {
    const words = ['crm.deal.list', '--plan', 'box', ...one.words]
    const run = await exportRows(portal, { words, to, boundMs: 900_000 })
    const peakMb = run.peakMb ?? Infinity
    const faults = [
      ...endFaults(run),
      ...(run.code === 0 ? [] : [`exit code ${run.code ?? 'none'}`]),
      ...rowFaults(run.rows.ids, exactly(await portal.trueIds('method=crm.deal.list'))),
      ...(peakMb <= mostMb ? [] : [`peak ${peakMb.toFixed(0)} MB, ${mostMb} promised`]),
    ]
    return { name: `${rows} ${name}, run ${count}`, run, faults }
  })
}
