import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { binWords, endOf, startNode } from '../bench/child.ts'
import { executionsOf, fateFaults } from '../bench/fates.ts'
import { addWords, leadTitles, writeLeads } from '../bench/lead-input.ts'
import { withPortal } from '../bench/portal-process.ts'
import { resultLines } from '../bench/result-lines.ts'
import { withFolder } from '../bench/scratch.ts'
import { writtenField } from '../bench/write-log.ts'
import { smallDisk } from '../support/small-disk.ts'
import type { FullDiskRun } from './full-disk.ts'

/** Leads that are added with a journal, while the disk of one of the files fills up. */
export interface FullDiskCall {
  /** The file that lies on the small disk. */
  readonly what: 'journal' | 'results'
  /** Kilobytes that are left there. */
  readonly free: number
  readonly count: number
}

const DISK_KB = 2048
const BOUND_MS = 120_000
const OUTPUT_ERROR = 74

/** Adds leads until the disk is full, and by the same command again when there is room: each lead once. */
export function fullDiskCall({ what, free, count }: FullDiskCall): Promise<FullDiskRun> {
  return withPortal({ plan: 'box', rows: '10' }, (portal) =>
    withFolder(async (home) => {
      const disk = smallDisk(DISK_KB)
      try {
        disk.leave(free)
        const inputs = leadTitles(count)
        const journal = join(what === 'journal' ? disk.folder : home, 'leads.journal')
        const output = join(what === 'results' ? disk.folder : home, 'out.ndjson')
        const words = [...addWords(writeLeads(home, inputs)), '--journal', journal, '-o', output]
        const call = (): ReturnType<typeof endOf> => {
          const all = binWords(...words, '--plan', 'box', '--accept-partial')
          const env = { BX24_WEBHOOK: portal.webhook }
          return endOf(startNode(all, home, env, ['ignore', 'ignore', 'pipe']), BOUND_MS)
        }
        const full = await call()
        const faults: string[] = []
        if (full.code !== OUTPUT_ERROR && full.code !== 0)
          faults.push(`ended with ${full.code ?? 'a signal'}: ${full.stderr}`)
        disk.leave('all')
        const again = await call()
        const said = existsSync(output) ? resultLines(readFileSync(output, 'utf8')) : []
        const executions = executionsOf(await portal.writes(), (write) => writtenField(write, 'TITLE'))
        faults.push(...fateFaults(inputs, said, executions))
        const isAllDone = said.every(({ outcome }) => outcome === 'done')
        if (again.code !== (isAllDone ? 0 : 3))
          faults.push(`with room it ended with ${again.code ?? 'a signal'}: ${again.stderr}`)
        const unknown = said.filter(({ outcome }) => outcome === 'unknown').length
        const text = /Cannot write to (\S+): (.*)\.$/m.exec(full.stderr)
        const cause = text === null ? 'nothing' : `${text[1]?.split('/').at(-1)}: ${text[2]}`
        return { codes: [full.code, again.code], said: `${cause}; ${unknown} unknown`, faults }
      } finally {
        disk.unmount()
      }
    }),
  )
}
