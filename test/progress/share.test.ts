import { expect, test } from 'vitest'
import type { Cell } from '../../src/engine/events.ts'
import { Share } from '../../src/progress/share.ts'

const estimated = (upTo: number, rows: number): Cell => ({ upTo, rows, isExact: false })
const counted = (upTo: number, rows: number): Cell => ({ upTo, rows, isExact: true })

function share(rowsWanted = Infinity, awaitsSurvey = false): Share {
  return new Share({ rowsWanted, awaitsSurvey })
}

test('without an end nothing can be said', () => {
  const progress = share()
  progress.page({ rows: 50, cursor: 50, end: undefined })
  expect(progress.value).toBeUndefined()
})

test('without a survey it is the share of the range of ids', () => {
  const progress = share()
  progress.page({ rows: 50, cursor: 100, end: 1_100 })
  progress.page({ rows: 50, cursor: 600, end: 1_100 })
  expect(progress.value).toBe(0.5)
})

test('it is never the whole before the end was seen', () => {
  const progress = share()
  progress.page({ rows: 50, cursor: 50, end: 100 })
  progress.page({ rows: 50, cursor: 100, end: 100 })
  expect(progress.value).toBe(0.99)
})

test('as long as a survey is on its way nothing is said', () => {
  const progress = share(Infinity, true)
  progress.page({ rows: 50, cursor: 100, end: 1_100 })
  progress.page({ rows: 50, cursor: 600, end: 1_100 })
  expect(progress.value).toBeUndefined()
  progress.survey([])
  expect(progress.value).toBe(0.5)
})

test('a hole that the survey saw is worth nothing', () => {
  const progress = share()
  progress.page({ rows: 50, cursor: 50, end: 100_000 })
  progress.survey([counted(1_000, 950), counted(99_000, 0), counted(100_000, 1_000)])
  progress.page({ rows: 950, cursor: 1_000, end: 100_000 })
  expect(progress.value).toBeCloseTo(0.5, 2)
})

test('when the cells behind held less than expected, so will those ahead', () => {
  const progress = share()
  const cells = Array.from({ length: 10 }, (_, at) => estimated((at + 1) * 1_000, 1_000))
  progress.page({ rows: 1, cursor: 1, end: 10_000 })
  progress.survey(cells)
  for (let cell = 1; cell <= 5; cell++) progress.page({ rows: 50, cursor: cell * 1_000, end: 10_000 })
  expect(progress.value).toBeGreaterThan(0.3)
  expect(progress.value).toBeLessThan(0.5)
})

test('it never falls, whatever turns up', () => {
  const progress = share()
  let shown = 0
  progress.page({ rows: 50, cursor: 50, end: 10_000 })
  progress.survey([counted(5_000, 100), estimated(10_000, 100)])
  for (let cursor = 100; cursor <= 10_000; cursor += 50) {
    progress.page({ rows: 50, cursor, end: cursor < 5_000 ? 10_000 : 20_000 })
    expect(progress.value).toBeGreaterThanOrEqual(shown)
    shown = progress.value ?? 0
  }
})

test('a limit on the rows is reached earlier than the end of the ids', () => {
  const progress = share(1_000)
  progress.page({ rows: 50, cursor: 50, end: 1_000_000 })
  progress.page({ rows: 450, cursor: 500, end: 1_000_000 })
  expect(progress.value).toBe(0.5)
})

test('a survey that comes late passes over what is read', () => {
  const progress = share(Infinity, true)
  progress.page({ rows: 50, cursor: 50, end: 4_000 })
  progress.page({ rows: 1_450, cursor: 1_500, end: 4_000 })
  progress.survey([1_000, 2_000, 3_000, 4_000].map((upTo) => counted(upTo, 1_000)))
  expect(progress.value).toBeCloseTo(1_500 / 4_000, 1)
})
