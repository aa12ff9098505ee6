import { endFaults, exportRows } from '../bench/export-run.ts'
import { isChange, TROUBLED_CLIENT, troubledPortal } from '../bench/fault-plan.ts'
import type { JudgedRun } from '../bench/part.ts'
import { type PortalSettings, withPortal } from '../bench/portal-process.ts'
import { exactly, rowFaults, throughout } from '../bench/row-faults.ts'
import { withFolder } from '../bench/scratch.ts'
import { type Walk, type WalkName, WALKS } from './walks.ts'

export interface Disturbance {
  readonly name: string
  /** Rules as the sandbox takes them: `hang=5%`, `operating-limit@8`. */
  readonly rules: readonly string[]
  /** Other settings of the sandbox. */
  readonly settings?: PortalSettings
  /** See `troubledPortal`; 2 if left out. */
  readonly windowSeconds?: number
  readonly seed: number
  readonly rows: number
  readonly walk: WalkName
  /** Words for `bx24` behind those of a troubled client; the last one counts. */
  readonly words?: readonly string[]
  readonly boundMs: number
}

/** An export that was disturbed; rows lost and doubled are told of one that ended with exit code 0. */
export interface DisturbedRun extends JudgedRun {
  readonly lost: number
  readonly doubled: number
}

/** An export from a portal that makes trouble. Either all the right rows and exit code 0, or an honest other one. */
export function disturbedExport(disturbance: Disturbance): Promise<DisturbedRun> {
  const { rules, seed, rows, boundMs } = disturbance
  const walk: Walk = WALKS[disturbance.walk]
  const settings = {
    ...troubledPortal(disturbance.windowSeconds ?? 2),
    ...walk.settings(rows),
    rows: String(rows),
    seed: String(seed),
    fault: rules,
    ...disturbance.settings,
  }
  return withPortal(settings, (portal) =>
    withFolder(async (folder) => {
      const before = await portal.trueIds(walk.query)
      const words = [...walk.words(folder, before), ...withDefaults(disturbance.words ?? [])]
      const run = await exportRows(portal, { words, to: 'file', boundMs })
      const wrong = endFaults(run)
      const name = `${disturbance.name}, seed ${seed}`
      if (run.code !== 0) return { name, run, faults: wrong, lost: 0, doubled: 0 }
      const { changes } = run.stats
      const isChanging = rules.some(isChange) || changes.inserted + changes.updated + changes.deleted > 0
      const lasting = isChanging ? await portal.trueIds(walk.query, true) : before
      wrong.push(...rowFaults(run.rows.ids, isChanging ? throughout(before, lasting) : exactly(before)))
      // Rows that nobody changes have to come as they are, byte for byte.
      if (!isChanging && run.rows.sha256 !== (await portal.trueRows(walk.query)).sha256)
        wrong.push('other bytes')
      const found = new Set(run.rows.ids)
      return {
        name,
        run,
        faults: wrong,
        lost: lasting.filter((id) => !found.has(id)).length,
        doubled: run.rows.ids.length - found.size,
      }
    }),
  )
}

/** The words given, and what they leave open: an option may be given once. */
function withDefaults(words: readonly string[]): string[] {
  const defaults = TROUBLED_CLIENT.filter((_, index) => {
    const option = TROUBLED_CLIENT[index - (index % 2)] ?? ''
    return !words.includes(option)
  })
  return [...defaults, ...words]
}
