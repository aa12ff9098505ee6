import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readWish } from '../bench/arguments.ts'
import { pageOf } from '../bench/page.ts'
import type { Part } from '../bench/part.ts'
import { readResults, type SavedResult, saveResult } from '../bench/saved-results.ts'
import { tempFolder } from '../support/temp-folder.ts'

const nothing = (): Promise<{ report: string; failures: string[] }> =>
  Promise.resolve({ report: '', failures: [] })
const PARTS: readonly Part[] = [
  { name: 'speed', promise: '', options: ['only', 'command'], run: nothing },
  { name: 'virtual', promise: '', options: ['only'], run: nothing },
  { name: 'memory', promise: 'Promise of memory.', run: nothing },
]

function wish(...words: string[]): [parts: string[], isWritten: boolean] {
  const { parts, isWritten } = readWish(words, PARTS)
  return [parts.map(({ name }) => name), isWritten]
}

describe('the words of a call', () => {
  test('all parts together are written, single ones if they are told to be', () => {
    expect(wish()).toEqual([['speed', 'virtual', 'memory'], true])
    expect(wish('memory', 'speed')).toEqual([['speed', 'memory'], false])
    expect(wish('memory', '--write')).toEqual([['memory'], true])
    expect(wish('--page')).toEqual([[], true])
  })

  test('what is not whole is never written', () => {
    expect(wish('--only', 'dense')).toEqual([['speed', 'virtual'], false])
    expect(wish('speed', '--command', 'x')).toEqual([['speed'], false])
    expect(() => wish('speed', '--only', 'dense', '--write')).toThrow('printed, not written')
  })

  test('a part that was named has to understand what is asked of it', () => {
    expect(() => wish('memory', '--only', 'dense')).toThrow('--only means nothing to memory')
    expect(() => wish('virtual', '--command', 'x', '--only', 'y')).toThrow(
      '--only and --command means nothing',
    )
    expect(() => wish('velocity')).toThrow('unknown: velocity; parts are speed, virtual, memory')
    expect(() => wish('--fast')).toThrow("'--fast'")
    expect(() => wish('--page', 'speed')).toThrow('stands alone')
  })
})

test('a part that is measured again replaces its own section alone', async () => {
  const folder = join(tempFolder(), 'results')
  const result = (part: string, report: string): SavedResult => ({
    part,
    date: '2026-01-31',
    version: '1.2.3',
    machine: ['Machine: some'],
    seconds: 5,
    promise: `Promise of ${part}.`,
    report: [report],
    failures: part === 'memory' ? ['too much'] : [],
  })
  const save = (one: SavedResult): Promise<void> => saveResult(folder, one, (json) => Promise.resolve(json))
  await save(result('memory', 'as much'))
  await save(result('speed', 'slow'))
  await save(result('speed', 'fast'))
  expect(JSON.parse(readFileSync(join(folder, 'speed.json'), 'utf8'))).toEqual(result('speed', 'fast'))

  const page = pageOf(PARTS, readResults(folder, ['speed', 'virtual', 'memory']))
  expect(page).toContain('## speed\n\nPromise of speed.\n\nfast\n\nAll of it holds.')
  expect(page).toContain('as much\n\n- FAILED too much\n')
  expect(page.indexOf('## speed')).toBeLessThan(page.indexOf('## memory'))
  expect(page).not.toMatch(/slow|## virtual/)
  expect(page).toMatch(/\| \[speed\]\(#speed\) .*\| kept, as promised then +\|/)
  expect(page).toMatch(/\| virtual +\| - +\| +- \| not measured +\|/)
  expect(page).toMatch(/\| \[memory\]\(#memory\) +\| 2026-01-31 \| +1\.2\.3 \| 1 not kept +\|/)
})
