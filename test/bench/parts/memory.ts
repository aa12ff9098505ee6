import { endFaults, exportRows } from '../export-run.ts'
import { failuresOf, type JudgedRun, median, type Part, runTable, sayRun, verdict } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { exactly, rowFaults } from '../row-faults.ts'

const FEW = 100_000
const MANY = 1_000_000
const MOST_MB = 150
const MOST_GROWTH = 1.2

/**
 * Peaks depend on when the collector ran, by a tenth and more from run to run: each size is run several times. For the
 * bound in MB the worst run counts, for the growth the medians.
 */
const TIMES = { few: 5, many: 3 }

export const MEMORY: Part = {
  name: 'memory',
  promise: `A million rows of about 1 KB need at most ${MOST_MB} MB, and at most ${MOST_GROWTH} times what a hundred thousand need, to a file and to a pipe.`,
  async run(say) {
    const judged: JudgedRun[] = []
    const growths: string[] = []
    const failures: string[] = []
    for (const to of ['file', 'pipe'] as const) {
      const few = await measureTimes(TIMES.few, FEW, to, say)
      const many = await measureTimes(TIMES.many, MANY, to, say)
      judged.push(...few, ...many)
      const ratio = median(peaks(many)) / median(peaks(few))
      const worst = Math.max(...peaks(many)) / Math.min(...peaks(few))
      // Not `>`: what could not be measured must not pass.
      const faults =
        ratio <= MOST_GROWTH
          ? []
          : [`${ratio.toFixed(2)} times the peak of ${FEW} rows, ${MOST_GROWTH} promised`]
      failures.push(...faults.map((fault) => `${MANY} to a ${to}: ${fault}`))
      growths.push(
        `- to a ${to}: ${ratio.toFixed(2)} by the medians (the worst of one to the best of the other ${worst.toFixed(2)}): ${verdict(faults)}`,
      )
    }
    const report = `${runTable(judged)}\n\nPeak of the million to the peak of the hundred thousand:\n\n${growths.join('\n')}`
    return { report, failures: [...failuresOf(judged), ...failures] }
  },
}

async function measureTimes(
  times: number,
  rows: number,
  to: 'file' | 'pipe',
  say: (text: string) => void,
): Promise<JudgedRun[]> {
  const judged: JudgedRun[] = []
  for (let run = 1; run <= times; run++) {
    const one = await measure(rows, to, run)
    judged.push(one)
    sayRun(say, one)
  }
  return judged
}

function peaks(judged: readonly JudgedRun[]): number[] {
  return judged.map(({ run }) => run.peakMb ?? Number.NaN)
}

async function measure(rows: number, to: 'file' | 'pipe', count: number): Promise<JudgedRun> {
  return withPortal({ rows: String(rows), plan: 'box' }, async (portal) => {
    const words = ['crm.deal.list', '--plan', 'box']
    const run = await exportRows(portal, { words, to, boundMs: 600_000 })
    const peakMb = run.peakMb ?? Infinity
    const faults = [
      ...endFaults(run),
      ...(run.code === 0 ? [] : [`exit code ${run.code ?? 'none'}`]),
      ...rowFaults(run.rows.ids, exactly(await portal.trueIds('method=crm.deal.list'))),
      ...(peakMb <= MOST_MB ? [] : [`peak ${peakMb.toFixed(0)} MB, ${MOST_MB} promised`]),
    ]
    return { name: `${rows} to a ${to}, run ${count}`, run, faults }
  })
}
