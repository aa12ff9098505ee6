import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ProcessRun } from '../bench/child.ts'
import { runForeign } from '../bench/foreign-command.ts'
import { SpeedRuns } from '../bench/speed-run.ts'
import { readWritten } from '../bench/written-rows.ts'
import { tempFolder } from '../support/temp-folder.ts'

const WEBHOOK = "http://127.0.0.1:1/it's/"
const NODE = `'${process.execPath}'`

/** Runs a line, with a file to write that is read afterwards. */
async function run(line: string, boundMs = 20_000): Promise<ProcessRun & { out: string; written: string }> {
  const out = join(tempFolder(), 'the out')
  const ended = await runForeign({ command: line, webhook: WEBHOOK, out, boundMs })
  return { ...ended, out, written: existsSync(out) ? readFileSync(out, 'utf8') : '' }
}

describe('any command', () => {
  test('is given the webhook and the file, in its line and in its environment', async () => {
    const { code, written, out } = await run('printf "%s\\n" {webhook} "$BX24_WEBHOOK" "$BENCH_OUT" > {out}')
    expect([code, written]).toEqual([0, `${WEBHOOK}\n${WEBHOOK}\n${out}\n`])
  })

  test('that does not speak of the file writes to standard output', async () => {
    expect((await run('echo one; echo two # and no more')).written).toBe('one\ntwo\n')
  })

  test('hands on how it failed', async () => {
    const { code, stderr } = await run('echo no >&2; exit 7')
    expect([code, stderr]).toEqual([7, 'no\n'])
  })

  test('is measured with the processes that it starts', async () => {
    const work = 'const b = Buffer.alloc(90e6, 1); const t = Date.now(); while (Date.now() < t + 700);'
    const { cpuSeconds, peakMb, wallSeconds } = await run(`sh -c "${NODE} -e '${work}'"`)
    expect(wallSeconds).toBeGreaterThan(0.7)
    expect(cpuSeconds).toBeGreaterThan(0.3)
    expect(peakMb).toBeGreaterThan(90)
  })

  test('ends with all it has started when its time is up', async () => {
    const marker = join(tempFolder(), 'pid')
    const { isTimedOut } = await run(`sh -c 'echo $$ > ${marker}; exec sleep 60'`, 3_000)
    expect(isTimedOut).toBe(true)
    const pid = Number(readFileSync(marker, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})

describe('rows are found in', () => {
  test.each([
    ['NDJSON', '{"ID":"2","A":1}\n{"ID":"1"}\n', [2, 1]],
    ['NDJSON', '{"A":1,"ID":"2"}\n{"id":1}\n{"B":0}\n', [2, 1, NaN]],
    ['JSON', '\uFEFF [{"A":[],"ID":"2"},\n{"ID":1}]', [2, 1]],
    ['CSV', 'TITLE,ID\n"a\nb",2\nc,1\n', [2, 1]],
    ['CSV', '\uFEFFID;TITLE\n2;a,b\n', [2]],
    ['nothing', '', []],
  ])('%s: %j', async (format, text, ids) => {
    const file = join(tempFolder(), 'rows')
    writeFileSync(file, text)
    expect(await readWritten(file)).toMatchObject({ format, ids })
  })

  test('and a file that is not there has none', async () => {
    expect(await readWritten(join(tempFolder(), 'none'))).toMatchObject({ format: 'nothing', ids: [] })
  })
})

describe('a program of others is measured by the same portals:', () => {
  const plan = { name: 'few', rows: 70, ids: 'sparse', pageMs: 5 }
  const fetchPages = (pages: number): string => `
    const rows = []
    for (let start = 0; start < ${pages} * 50; start += 50) {
      const answer = await fetch(process.env.BX24_WEBHOOK + 'crm.deal.list?start=' + start)
      rows.push(...(await answer.json()).result)
    }
    console.log(JSON.stringify(rows))`
  const measured = (pages: number): ReturnType<SpeedRuns['measure']> => {
    const script = join(tempFolder(), 'export.mjs')
    writeFileSync(script, fetchPages(pages))
    return new SpeedRuns(`${NODE} ${script}`, 20_000).measure(plan)
  }

  test('one that gets all rows', async () => {
    const { rows, faults, stats } = await measured(2)
    expect([rows, faults, stats.requests]).toEqual(['70 JSON', [], 2])
  })

  test('one that does not', async () => {
    expect((await measured(1)).faults).toEqual([expect.stringContaining('20 rows missing') as string])
  })
})

test('bx24 is measured by them', async () => {
  const runs = new SpeedRuns(undefined, 20_000)
  const one = await runs.measure({ name: 'few', rows: 400, ids: 'dense', pageMs: 5 })
  expect([one.rows, one.faults, one.run.code]).toEqual(['400 NDJSON, same bytes', [], 0])
  expect(one.stats.billedSeconds).toBeGreaterThanOrEqual(one.perfectSeconds)
  expect(one.run.wallSeconds).toBeGreaterThan(one.floor.seconds)
})
