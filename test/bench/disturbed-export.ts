import { endFaults, exportRows } from './export-run.ts'
import { isChange, TROUBLED_CLIENT, troubledPortal } from './fault-plan.ts'
import type { JudgedRun } from './part.ts'
import { withPortal } from './portal-process.ts'
import { exactly, rowFaults, throughout } from './row-faults.ts'

export interface Disturbance {
  readonly name: string
  /** Rules as the sandbox takes them: `hang=5%`, `operating-limit@8`. */
  readonly rules: readonly string[]
  /** See `troubledPortal`; 2 if left out. */
  readonly windowSeconds?: number
  readonly seed: number
  readonly rows: number
  readonly method: 'crm.deal.list' | 'crm.item.list'
  /** Words for `bx24` behind those of a troubled client; the last one counts. */
  readonly words?: readonly string[]
  readonly boundMs: number
}

/** Words and the query of the truth for the deals of a portal, by either method. */
const LISTS = {
  'crm.deal.list': { words: ['crm.deal.list'], query: 'method=crm.deal.list' },
  'crm.item.list': {
    words: ['crm.item.list', '-p', 'entityTypeId=2'],
    query: 'method=crm.item.list&entityTypeId=2',
  },
}

/** An export from a portal that makes trouble. Either all the right rows and exit code 0, or an honest other one. */
export function disturbedExport(disturbance: Disturbance): Promise<JudgedRun> {
  const { rules, seed, rows, method, boundMs } = disturbance
  const settings = {
    ...troubledPortal(disturbance.windowSeconds ?? 2),
    rows: String(rows),
    seed: String(seed),
    fault: rules,
  }
  return withPortal(settings, async (portal) => {
    const { words, query } = LISTS[method]
    const before = await portal.trueIds(query)
    const run = await exportRows(portal, {
      words: [...words, ...withDefaults(disturbance.words ?? [])],
      to: 'file',
      boundMs,
    })
    const wrong = endFaults(run)
    const isChanging = rules.some(isChange)
    if (run.code === 0) {
      const lasting = await portal.trueIds(query, true)
      wrong.push(...rowFaults(run.rows.ids, isChanging ? throughout(before, lasting) : exactly(before)))
      // Rows that nobody changes have to come as they are, byte for byte.
      if (!isChanging && run.rows.sha256 !== (await portal.trueRows(query)).sha256) wrong.push('other bytes')
    }
    return { name: `${disturbance.name}, seed ${seed}`, run, faults: wrong }
  })
}

/** The words given, and what they leave open: an option may be given once. */
function withDefaults(words: readonly string[]): string[] {
  const defaults = TROUBLED_CLIENT.filter((_, index) => {
    const option = TROUBLED_CLIENT[index - (index % 2)] ?? ''
    return !words.includes(option)
  })
  return [...defaults, ...words]
}
