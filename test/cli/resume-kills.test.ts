import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../../src/output/checkpoint.ts'
import { type BulkPortal, bulkPortal } from '../support/bulk-portal.ts'
import { randomOf } from '../support/random.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROWS = 20_000
const KILLS = 5
const FORMATS = ['ndjson', 'csv', 'ndjson.gz']

/** Rows that the checkpoint speaks of; 0 if there is none. */
function rowsSaved(cwd: string, name: string): number {
  const path = join(cwd, `${name}.partial.checkpoint`)
  if (!existsSync(path)) return 0
  return (JSON.parse(readFileSync(path, 'utf8')) as Checkpoint).mark.rows
}

/** Kills the same run again and again, somewhat later than it has come further; answers how often. */
async function killAgainAndAgain(
  portal: BulkPortal,
  words: readonly string[],
  name: string,
  cwd: string,
): Promise<number> {
  const random = randomOf(name.length)
  let kills = 0
  while (kills < KILLS) {
    const before = rowsSaved(cwd, name)
    const { child, ended } = portal.start(words, { cwd, timeoutMs: 110_000 })
    while (child.exitCode === null && rowsSaved(cwd, name) <= before) await pause(5)
    await pause(random() * 150)
    child.kill('SIGKILL')
    if ((await ended).signal !== 'SIGKILL') return kills
    kills++
  }
  return kills
}

test.each([
  ['one lane', '1', 'page-ms=8'],
  ['several lanes', '4', 'page-ms=30'],
])(
  'killed five times at any moment and begun again, with %s, the file is that of a run that was left alone',
  async (_lanes, concurrency, settings) => {
    const portal = await bulkPortal(`rows=${ROWS},row-bytes=700,${settings}`)
    await Promise.all(
      FORMATS.map(async (format) => {
        const cwd = tempFolder()
        const words = (name: string): string[] => [
          ...['get-all', 'crm.deal.list', '--resume', '--concurrency', concurrency, '-o', name],
        ]
        const undisturbed = portal.run(words(`whole.${format}`), { cwd, timeoutMs: 110_000 })
        const name = `deals.${format}`
        expect(await killAgainAndAgain(portal, words(name), name, cwd)).toBeGreaterThanOrEqual(3)
        const there = rowsSaved(cwd, name)
        const { code, stderr } = await portal.run([...words(name), '--summary', 'json'], {
          cwd,
          timeoutMs: 110_000,
        })
        expect([code, (JSON.parse(stderr) as { rows: number }).rows]).toEqual([0, ROWS - there])
        expect((await undisturbed).code).toBe(0)
        expect(readFileSync(join(cwd, name)).equals(readFileSync(join(cwd, `whole.${format}`)))).toBe(true)
        expect(readdirSync(cwd).sort()).toEqual([name, `whole.${format}`])
      }),
    )
  },
  120_000,
)
