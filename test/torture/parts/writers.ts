import { isComplete } from '../../bench/export-run.ts'
import { CHANGES, withChance } from '../../bench/fault-plan.ts'
import { type Disturbance, disturbedExport } from '../disturbed-export.ts'
import type { Case, Part } from '../part.ts'

const BOUND_MS = 300_000

/** Codes that an export may end with: one by offset may have to say that the list did not hold still. */
const CODES: Readonly<Record<string, readonly number[]>> = { offset: [0, 3], ids: [0, 3] }

type Work = Omit<Disturbance, 'seed' | 'boundMs'>

/** Others who write at a rate, while pages take so long that the export lasts for seconds. */
const BY_TIME: readonly Work[] = [
  { name: 'keyset, 1 lane', walk: 'keyset', rows: 20_000, words: ['--concurrency', '1'] },
  { name: 'keyset, 8 lanes', walk: 'keyset', rows: 40_000, words: ['--concurrency', '8'] },
  { name: 'items', walk: 'items', rows: 20_000 },
  { name: 'offset', walk: 'offset', rows: 20_000 },
  { name: 'offset, large batches', walk: 'offset', rows: 20_000, words: ['--batch-size', '50'] },
  { name: 'ids', walk: 'ids', rows: 20_000 },
].map((one) => ({ ...one, rules: [] }) as Work)

/** Others who change something before every third page, so that much more comes together. */
const BY_PAGE: readonly Work[] = [
  { name: 'keyset', walk: 'keyset', rows: 20_000 },
  { name: 'keyset, large batches', walk: 'keyset', rows: 20_000, words: ['--batch-size', '50'] },
  { name: 'items', walk: 'items', rows: 20_000 },
  { name: 'items, large batches', walk: 'items', rows: 20_000, words: ['--batch-size', '50'] },
  { name: 'offset', walk: 'offset', rows: 20_000 },
  { name: 'offset, large batches', walk: 'offset', rows: 20_000, words: ['--batch-size', '50'] },
].map((one) => ({ ...one, rules: withChance(CHANGES, 30) }) as Work)

const RATES = [50, 500]

export const WRITERS: Part = {
  name: 'writers',
  promise: `While others add, change and delete ${RATES.join(' and ')} rows a second, and where they do each before every third page: every row that was there throughout exactly once. Exit code 0; by offset and by ids also 3, with the reason.`,
  head: ['added', 'changed', 'deleted', 'rows', 'exit', 's'],
  atOnce: 3,
  cases(seeds, isShort) {
    if (isShort) {
      return ['keyset, 8 lanes', 'offset'].flatMap((name) => {
        const work = BY_TIME.find((one) => one.name === name)
        return work === undefined ? [] : [timed({ ...work, rows: 8000 }, 50, seeds[0] ?? 1, 10)]
      })
    }
    return [
      ...RATES.flatMap((rate) => BY_TIME.flatMap((work) => seeds.map((seed) => timed(work, rate, seed, 50)))),
      ...BY_PAGE.flatMap((work) =>
        seeds.map((seed) => writersCase({ ...work, name: `${work.name}, each at 30 % of pages` }, seed)),
      ),
    ]
  },
}

function timed(work: Work, rate: number, seed: number, pageMs: number): Case {
  const settings = { writes: String(rate), 'page-ms': String(pageMs) }
  return writersCase({ ...work, name: `${work.name}, ${rate} a second`, settings }, seed)
}

function writersCase(work: Work, seed: number): Case {
  return {
    name: `${work.name}, seed ${seed}`,
    async run() {
      // Pages that are slow must not run into the time-out of a troubled client.
      const words = ['--timeout', '30s', ...(work.words ?? [])]
      const { run, faults } = await disturbedExport({ ...work, words, seed, boundMs: BOUND_MS })
      const { inserted, updated, deleted } = run.stats.changes
      const isExpected = (CODES[work.walk] ?? [0]).includes(run.code ?? -1)
      return {
        cells: [
          ...[inserted, updated, deleted].map(String),
          isComplete(run) ? String(run.rows.ids.length) : '-',
          String(run.code ?? run.signal),
          run.wallSeconds.toFixed(1),
        ],
        faults: [
          ...faults,
          ...(isExpected ? [] : [`exit code ${run.code ?? '-'}: ${run.stderr.split('\n', 1).join('')}`]),
          ...(Math.min(inserted, updated, deleted) > 0 ? [] : ['nobody wrote']),
        ],
      }
    },
  }
}
