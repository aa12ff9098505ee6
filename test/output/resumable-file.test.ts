import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ResumableUnderTest } from '../support/resumable.ts'

test('a run goes on with the rows of the one before, and leaves one file', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  expect(first.recorder.resumed).toBeUndefined()
  await file.add(first, 1)
  await file.add(first, 2)
  expect(await first.abandon()).toBe(file.at('.partial'))
  const second = await file.open()
  expect(second.recorder.resumed).toMatchObject({ afterId: 2, rows: 2, isComplete: false })
  await file.add(second, 3)
  await second.commit()
  expect(file.text()).toBe('row 1\nrow 2\nrow 3\n')
  expect(readdirSync(file.folder)).toEqual(['deals.ndjson'])
})

test('while rows come there is a checkpoint at least every five seconds, of rows that are on disk', async () => {
  const file = new ResumableUnderTest()
  const destination = await file.open()
  let lastChange = file.now
  let known: number | undefined
  for (let id = 1; id <= 400; id++) {
    await file.add(destination, id, 1 + ((id * 37) % 900))
    const { checkpoint } = file
    if (checkpoint !== undefined) {
      const there = readFileSync(file.at('.partial')).subarray(0, checkpoint.bytes)
      expect(there.length).toBe(checkpoint.bytes)
      expect(createHash('sha256').update(there).digest('hex')).toBe(checkpoint.sha256)
      expect(there.toString().split('\n')).toHaveLength(checkpoint.mark.rows + 1)
    }
    if (checkpoint?.mark.rows !== known) {
      known = checkpoint?.mark.rows
      lastChange = file.now
    }
    expect(file.now - lastChange).toBeLessThan(5_000)
  }
  expect(known).toBeGreaterThan(30)
  await destination.commit()
})

test('where checkpoints take long, they take one part in fifty of the time, and are five seconds apart at the most', async () => {
  const file = new ResumableUnderTest()
  let isSlow = false
  // Whoever asks twice for a checkpoint finds that 40 ms, then 400 ms have passed.
  let cost = 40
  const destination = await file.open({ now: () => (isSlow ? (file.now += cost) : file.now) })
  const gaps: number[] = []
  const run = async (rows: number): Promise<void> => {
    let savedAt = file.now
    for (let id = 1; id <= rows; id++) {
      const before = file.checkpoint?.mark.rows
      await destination.write(Buffer.from(`row ${id}\n`))
      file.now += 100
      isSlow = true
      await destination.recorder.reached(() => ({
        afterId: id,
        rows: id,
        select: undefined,
        columns: undefined,
      }))
      isSlow = false
      // A look at the clock costs, too, in this test: that is no part of what is measured.
      if (file.checkpoint?.mark.rows === before) file.now -= cost
      else {
        gaps.push(file.now - savedAt)
        savedAt = file.now
      }
    }
  }
  await run(100)
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(50 * 40)
  gaps.length = 0
  cost = 400
  await run(200)
  expect(Math.min(...gaps.slice(2))).toBeGreaterThanOrEqual(5_000)
  expect(Math.max(...gaps.slice(2))).toBeLessThan(6_500)
  await destination.commit()
})

test('what stands behind the last checkpoint is cut off', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  await file.add(first, 1, 1_000)
  await first.abandon()
  appendFileSync(file.at('.partial'), 'row 2\nro')
  const second = await file.open()
  await file.add(second, 2)
  await second.commit()
  expect(file.text()).toBe('row 1\nrow 2\n')
  expect(file.warnings).toEqual([])
})

describe('begins anew, and says why,', () => {
  test.each<[string, (file: ResumableUnderTest) => void, RegExp]>([
    ['if rows are missing', (file) => truncateSync(file.at('.partial'), 5), /has 5 bytes.*speaks of 6/],
    ['if rows were changed', (file) => writeFileSync(file.at('.partial'), 'row X\n'), /not as it was left/],
    ['if the checkpoint is cut', (file) => truncateSync(file.at('.partial.checkpoint'), 50), /is damaged/],
    [
      'if the checkpoint says another id',
      (file) => {
        const name = file.at('.partial.checkpoint')
        writeFileSync(name, readFileSync(name, 'utf8').replace('"afterId": 1', '"afterId": 9'))
      },
      /is damaged/,
    ],
  ])('%s', async (_why, spoil, words) => {
    const file = new ResumableUnderTest()
    const first = await file.open()
    await file.add(first, 1)
    await first.abandon()
    spoil(file)
    const second = await file.open()
    expect(second.recorder.resumed).toBeUndefined()
    expect(file.warnings.join()).toMatch(words)
    await file.add(second, 1)
    await second.commit()
    expect(file.text()).toBe('row 1\n')
  })
})

describe('begins anew, without a word,', () => {
  test.each<[string, (file: ResumableUnderTest) => void]>([
    ['if there are no rows', (file) => unlinkSync(file.at('.partial'))],
    ['if there is no checkpoint', (file) => unlinkSync(file.at('.partial.checkpoint'))],
  ])('%s', async (_why, spoil) => {
    const file = new ResumableUnderTest()
    const first = await file.open()
    await file.add(first, 1)
    await first.abandon()
    spoil(file)
    const second = await file.open()
    expect([second.recorder.resumed, file.warnings]).toEqual([undefined, []])
    expect(file.checkpoint).toBeUndefined()
    await second.commit()
    expect(file.text()).toBe('')
  })
})

test('what is the beginning of another export is left alone, and the difference is named', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  await file.add(first, 1)
  await first.abandon()
  const other = {
    request: { method: 'crm.deal.list', limit: 5, parameters: { filter: { STAGE_ID: 'WON' } } },
  }
  await expect(file.open(other)).rejects.toMatchObject({
    code: 'usage.resume-other',
    message: expect.stringContaining('limit was not given and is 5') as string,
  })
  await expect(file.open(other)).rejects.toThrow(
    'parameters was not given and is {"filter":{"STAGE_ID":"WON"}}',
  )
  expect([file.text('.partial'), file.checkpoint?.mark.rows]).toEqual(['row 1\n', 1])
  const anew = await file.open({ ...other, isRestart: true })
  expect(anew.recorder.resumed).toBeUndefined()
  await anew.commit()
  expect(file.text()).toBe('')
})

test('the order of conditions is no difference', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open({ request: { filter: { A: '1', B: { C: '2', D: '3' } } } })
  await file.add(first, 1)
  await first.abandon()
  const second = await file.open({ request: { filter: { B: { D: '3', C: '2' }, A: '1' } } })
  expect(second.recorder.resumed?.rows).toBe(1)
  await second.abandon()
})

test('an export of which only the renaming is missing is finished by that', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  await file.add(first, 1)
  // Something takes the name of the file just before it is renamed: the moment at which a run may be killed.
  mkdirSync(file.at())
  await expect(first.commit()).rejects.toThrow('Cannot write to')
  rmdirSync(file.at())
  await first.abandon()
  expect(file.checkpoint?.isComplete).toBe(true)
  const second = await file.open()
  expect(second.recorder.resumed).toMatchObject({ isComplete: true, rows: 1 })
  await second.commit()
  expect(file.text()).toBe('row 1\n')
  expect(existsSync(file.at('.partial.checkpoint'))).toBe(false)
})

test('nobody goes on with what is forgotten, even if it takes the place of the file', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  await file.add(first, 1, 6_000)
  expect(file.checkpoint).toBeDefined()
  await first.recorder.forget()
  await first.abandon()
  expect([file.text('.partial'), file.checkpoint]).toEqual(['row 1\n', undefined])
})

test('conditions may hold data of customers: a checkpoint is for its owner alone', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  await file.add(first, 1)
  await first.abandon()
  expect(statSync(file.at('.partial.checkpoint')).mode & 0o777).toBe(0o600)
})

test('a run without rows leaves nothing', async () => {
  const file = new ResumableUnderTest()
  const first = await file.open()
  expect(await first.abandon()).toBeUndefined()
  expect(readdirSync(file.folder)).toEqual([])
})
