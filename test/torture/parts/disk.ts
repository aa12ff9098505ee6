import { canMount } from '../../support/small-disk.ts'
import { fullDisk, type FullDiskPlan } from '../full-disk.ts'
import { fullDiskCall, type FullDiskCall } from '../full-disk-call.ts'
import type { Case, Part } from '../part.ts'

const ROWS = 6_000
const CALLS = 2_000
const FORMATS = ['rows.ndjson', 'rows.csv', 'rows.ndjson.gz']

/** Kilobytes: none, so few that the first checkpoint or a later one does not fit, and some for the rows. */
const FREE = [0, 4, 8, 12, 16, 40, 100, 300, 600]

/** Lock, partial file, checkpoint and its draft are files of their own. */
const FILES = [0, 1, 2, 3]

export const DISK: Part = {
  name: 'disk',
  promise:
    'A disk that is full wherever something is to be written (rows, checkpoint, lock, the name of the file, journal and results of calls): one message and exit code 74, the old file untouched, and with room the same command brings the same bytes as if nothing had been, and every call once.',
  head: ['exit', 'with room', 'said'],
  atOnce: 2,
  obstacle: () => (canMount() ? undefined : 'small disks cannot be mounted here, which takes root'),
  cases(_, isShort) {
    if (isShort) {
      return [
        diskCase({ file: 'rows.ndjson.gz', words: ['--resume'], free: 40, rows: ROWS }),
        diskCase({ file: 'rows.csv', words: ['--resume'], free: 0, files: 2, rows: ROWS }),
        diskCase({ file: 'rows.ndjson', words: ['--resume'], free: 'name taken', rows: ROWS }),
        callCase({ what: 'journal', free: 40, count: CALLS }),
      ]
    }
    const calls = (['journal', 'results'] as const).flatMap((what) =>
      FREE.map((free) => callCase({ what, free, count: CALLS })),
    )
    const exports = FORMATS.flatMap((file) => [
      ...[[], ['--resume']].flatMap((words) =>
        FREE.map((free) => diskCase({ file, words, free, rows: ROWS })),
      ),
      ...FILES.map((files) => diskCase({ file, words: ['--resume'], free: 0, files, rows: ROWS })),
      ...[[], ['--resume']].map((words) => diskCase({ file, words, free: 'name taken', rows: ROWS })),
    ])
    return [...exports, ...calls]
  },
}

function diskCase(plan: FullDiskPlan): Case {
  const { file, words, free, files } = plan
  const room =
    files !== undefined
      ? `room for ${files} more files`
      : free === 'name taken'
        ? 'a folder of that name'
        : `${free} kB`
  return {
    name: [file, ...words, room].join(', '),
    async run() {
      const { codes, said, faults } = await fullDisk(plan)
      return { cells: [...codes.map(String), said], faults }
    },
  }
}

function callCase(plan: FullDiskCall): Case {
  return {
    name: `${plan.what} of calls, ${plan.free} kB`,
    async run() {
      const { codes, said, faults } = await fullDiskCall(plan)
      return { cells: [...codes.map(String), said], faults }
    },
  }
}
