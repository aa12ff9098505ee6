import { killedExport, type KilledExport } from '../killed-export.ts'
import type { Case, Part } from '../part.ts'

const ROWS = 200_000
const KILLS = 50
const FORMATS = ['ndjson', 'csv', 'ndjson.gz', 'csv.gz']

/** One lane takes its time; with several the portal is slower, so that there is something to hit. */
const LANES = [
  { name: 'one lane', words: ['--concurrency', '1'], pageMs: 2, latestMs: 2500 },
  { name: 'several lanes', words: [], pageMs: 10, latestMs: 2000 },
]

export const KILLS_PART: Part = {
  name: 'kills',
  promise: `kill -9 at ${KILLS} random moments of an export of ${ROWS} rows, half of them when a file changes, and --resume each time: the file is byte for byte that of an export which nobody disturbed, and nothing else is left.`,
  head: ['kills', 'at files', 'exports', 'requests of one', 'of all', 's'],
  atOnce: 1,
  cases([seed = 1], isShort) {
    if (isShort) {
      const common = { rows: 30_000, kills: 5, latestMs: 1000, seed }
      return [
        killsCase('ndjson, several lanes', { ...common, file: 'rows.ndjson', words: [], pageMs: 10 }),
        killsCase('csv.gz, one lane', {
          ...common,
          file: 'rows.csv.gz',
          words: ['--concurrency', '1'],
          pageMs: 2,
        }),
      ]
    }
    return FORMATS.flatMap((format) =>
      LANES.map(({ name, ...lanes }) =>
        killsCase(`${format}, ${name}`, {
          ...lanes,
          file: `rows.${format}`,
          rows: ROWS,
          kills: KILLS,
          seed,
        }),
      ),
    )
  },
}

function killsCase(name: string, plan: KilledExport): Case {
  return {
    name: `${name}, seed ${plan.seed}`,
    async run() {
      const { kills, atFiles, exports, requests, seconds, faults } = await killedExport(plan)
      const { undisturbed, killed } = requests
      return {
        cells: [kills, atFiles, exports, undisturbed, killed, Math.round(seconds)].map(String),
        faults: [...faults, ...(kills < plan.kills ? [`only ${kills} kills`] : [])],
      }
    },
  }
}
