import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withPortal } from '../bench/portal-process.ts'
import { PreparedRows } from '../bench/replay/prepared-rows.ts'
import { readCall, readCommand } from '../bench/replay/read-command.ts'
import { startReplay } from '../bench/replay/replay-server.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

function fileOf(lines: readonly string[]): string {
  const file = join(tempFolder(), 'rows.ndjson')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

function smallRows(count: number): PreparedRows {
  return new PreparedRows(fileOf(Array.from({ length: count }, (_, index) => `{"ID":"${index + 1}"}`)))
}

function idsOf(rows: PreparedRows, text: string): number[] {
  const pieces = rows.pieces(rows.page(readCommand(text, () => undefined)))
  const page = JSON.parse(`[${Buffer.concat(pieces).toString()}]`) as { readonly ID: string }[]
  return page.map(({ ID }) => Number(ID))
}

function between(from: number, to: number): number[] {
  const step = from <= to ? 1 : -1
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + index * step)
}

describe('a page has the rows of its bounds', () => {
  test.each([
    ['crm.deal.list', between(1, 50)],
    ['crm.deal.list?filter[>ID]=100', between(101, 120)],
    ['crm.deal.list?filter%5B%3E%3DID%5D=100&filter%5B%3C%3DID%5D=102', [100, 101, 102]],
    ['crm.deal.list?filter[>ID]=5&filter[<ID]=8', [6, 7]],
    ['crm.deal.list?order[ID]=DESC', between(120, 71)],
    ['crm.deal.list?order[ID]=DESC&filter[>ID]=3&filter[<%3DID]=5', [5, 4]],
    ['crm.deal.list?filter[>ID]=120', []],
    ['crm.deal.list?filter[>ID]=9&filter[<ID]=9', []],
  ])('%s', (text, ids) => {
    expect(idsOf(smallRows(120), text)).toEqual(ids)
  })
})

test('a reference becomes the id of that row, wherever it stands', () => {
  const idOfRow = (name: string, index: number): number | undefined =>
    name === 'p0' && index === 49 ? 77 : undefined
  const bounds = (text: string): number[] => {
    const { after, upTo } = readCommand(text, idOfRow)
    return [after, upTo]
  }
  expect(bounds('crm.deal.list?filter[>ID]=$result[p0][49][ID]')).toEqual([77, Infinity])
  expect(bounds('crm.deal.list?filter[>ID]=$result[p0][48][ID]')).toEqual([0, Infinity])
  expect(bounds('crm.deal.list?filter[<ID]=10$result[p0][49][ID]')).toEqual([0, 1076])
  expect(bounds('crm.deal.list?filter[<ID]=10$result[p1][49][ID]')).toEqual([0, 9])
})

test('a call by itself brings its parameters as JSON', () => {
  const params = { order: { ID: 'desc' }, filter: { '>ID': 3, '<=ID': '9' }, select: ['ID'] }
  expect(readCall('crm.deal.list', params)).toEqual({
    method: 'crm.deal.list',
    after: 3,
    upTo: 9,
    isDescending: true,
    isIdsOnly: true,
  })
})

test('rows whose ids are not 1, 2, 3 and so on are refused', () => {
  expect(() => new PreparedRows(fileOf(['{"ID":"1"}', '{"ID":"3"}']))).toThrow('line 2')
})

test('bx24 gets the prepared rows byte for byte, as NDJSON and as CSV', { timeout: 60_000 }, async () => {
  const source = join(tempFolder(), 'rows.ndjson')
  const fields = await withPortal({ rows: '6001', ids: 'dense', plan: 'box' }, async (portal) => {
    await portal.saveRows('method=crm.deal.list', source)
    const response = await fetch(new URL('crm.deal.fields', portal.webhook))
    return JSON.stringify(((await response.json()) as { readonly result: unknown }).result)
  })
  const replay = await startReplay(new PreparedRows(source), { 'crm.deal.fields': fields })
  try {
    const env = { BX24_WEBHOOK: replay.webhook }
    const list = ['get-all', 'crm.deal.list', '--plan', 'box']
    const lines = await runCli(list, { env })
    expect([lines.code, lines.stderr]).toEqual([0, ''])
    expect(lines.stdout === readFileSync(source, 'utf8')).toBe(true)
    const table = await runCli([...list, '--format', 'csv'], { env })
    expect([table.code, table.stderr]).toEqual([0, ''])
    expect(table.stdout).toMatch(/^6001,/m)
  } finally {
    await replay.close()
  }
})
