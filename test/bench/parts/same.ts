import { endFaults, exportRows } from '../export-run.ts'
import { failuresOf, type JudgedRun, type Part, runTable, sayRun } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { table } from '../table.ts'

const ROWS = 20_000

/** What may differ between two runs without changing a byte. */
const RUNS: readonly (readonly [name: string, to: 'file' | 'pipe', words: readonly string[]])[] = [
  ['first', 'file', []],
  ['second', 'file', []],
  ['to a pipe', 'pipe', []],
  ['other batches', 'file', ['--batch-size', '7']],
]

export const SAME: Part = {
  name: 'same',
  promise: `${ROWS} rows twice: the same bytes, which are those that the portal has.`,
  async run(say) {
    const judged: JudgedRun[] = []
    const sums: string[][] = []
    for (const method of ['crm.deal.list', 'crm.item.list']) {
      const query = `method=${method}&entityTypeId=2`
      for (const [name, to, words] of RUNS) {
        const entity = method === 'crm.item.list' ? ['-p', 'entityTypeId=2'] : []
        const one = await withPortal({ rows: String(ROWS), plan: 'box' }, async (portal) => {
          const request = { words: [method, ...entity, '--plan', 'box', ...words], to, boundMs: 120_000 }
          const run = await exportRows(portal, request)
          const truth = await portal.trueRows(query)
          const isSame = run.code === 0 && run.rows.sha256 === truth.sha256
          return {
            name: `${method}, ${name}`,
            run,
            faults: [...endFaults(run), ...(isSame ? [] : ['other bytes'])],
          }
        })
        judged.push(one)
        sums.push([one.name, one.run.rows.sha256])
        sayRun(say, one)
      }
    }
    return {
      report: `${runTable(judged)}\n\n${table(['run', 'sha256'], sums)}`,
      failures: failuresOf(judged),
    }
  },
}
