import { expect, test } from 'vitest'
import type { Outlook, Page } from '../../src/strategies/strategy.ts'
import { chooseWalk } from '../../src/strategies/choose.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import { ID_SHAPES } from '../../src/sandbox/data/ids.ts'
import { portalInProcess } from '../support/portal-in-process.ts'

/** Walks a list of deals and notes what it told of its rows, and how many had been delivered by then. */
async function told(
  settings: Record<string, string>,
  batchSize = 50,
): Promise<{ delivered: number; outlook: Outlook }[]> {
  const { caller } = portalInProcess({ seed: '7', ...settings })
  const { query } = checkedQuery('crm.deal.list', { params: {}, where: [], select: undefined })
  const notes: { delivered: number; outlook: Outlook }[] = []
  let delivered = 0
  const pages: AsyncIterable<Page> = chooseWalk(query.method)(caller, query, {
    signal: new AbortController().signal,
    batchSize,
    concurrency: undefined,
    rowsWanted: Infinity,
    onOutlook: (outlook) => notes.push({ delivered, outlook }),
  })
  for await (const page of pages) delivered += page.rows.length
  return notes
}

test.each(ID_SHAPES)(
  'with %s ids a walk knows about how many rows there are when it has looked',
  async (ids) => {
    const notes = await told({ ids, rows: '30000' })
    const totals = notes.flatMap(({ delivered, outlook: { waiting, ahead } }) =>
      ahead === undefined ? [] : [delivered + waiting + ahead],
    )
    expect(notes[0]?.outlook.ahead).toBeUndefined()
    expect(totals.length).toBeGreaterThan(5)
    for (const total of totals.slice(totals.length >> 1))
      expect(Math.abs(total / 30_000 - 1)).toBeLessThan(0.25)
    expect(notes.at(-1)).toEqual({ delivered: 30_000, outlook: { waiting: 0, ahead: 0 } })
    expect(notes.some(({ outlook }) => outlook.waiting > 0)).toBe(true)
  },
)

test('a list that is too small to be looked at is known from its two ends', async () => {
  const notes = await told({ ids: 'dense', rows: '1000' })
  expect(notes[0]).toEqual({ delivered: 0, outlook: { waiting: 50, ahead: 950 } })
})

test('where each page is asked for alone nobody knows how many there are', async () => {
  const notes = await told({ rows: '500' }, 1)
  expect(notes.every(({ delivered, outlook }) => delivered === 500 || outlook.ahead === undefined)).toBe(true)
})
