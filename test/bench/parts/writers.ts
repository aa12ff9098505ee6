import { disturbedExport } from '../disturbed-export.ts'
import { CHANGES, withChance } from '../fault-plan.ts'
import { failuresOf, type JudgedRun, type Part, runTable, sayRun } from '../part.ts'

const ROWS = 20_000
const PERCENT = 30
const SEEDS = [1, 2, 3]

export const WRITERS: Part = {
  name: 'writers',
  promise: `While others insert, update and delete at ${PERCENT} % of all commands: every row that existed throughout exactly once, and exit code 0.`,
  async run(say) {
    const judged: JudgedRun[] = []
    for (const method of ['crm.deal.list', 'crm.item.list'] as const) {
      for (const batchSize of ['5', '50']) {
        for (const seed of SEEDS) {
          const name = `${method}, batches of ${batchSize}`
          const words = ['--batch-size', batchSize]
          const settings = { name, method, words, seed, rows: ROWS, boundMs: 120_000 }
          const one = await disturbedExport({ ...settings, rules: withChance(CHANGES, PERCENT) })
          judged.push(one.run.code === 0 ? one : { ...one, faults: [...one.faults, 'not complete'] })
          sayRun(say, judged.at(-1) as JudgedRun)
        }
      }
    }
    const changes = judged.map(({ run }) => run.stats.changes)
    const sum = (what: keyof (typeof changes)[number]): number =>
      changes.reduce((total, one) => total + one[what], 0)
    const report = `${runTable(judged)}\n\nMeanwhile ${sum('inserted')} rows were inserted, ${sum('updated')} updated, ${sum('deleted')} deleted.`
    return { report, failures: failuresOf(judged) }
  },
}
