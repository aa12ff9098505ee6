import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { FAULTS } from '../../src/sandbox/faults.ts'
import type { Portal } from '../../src/sandbox/portal.ts'
import { ask, batch, bodyOf, idsOf, inspected, portalWith, send } from './asking.ts'

const ADD = { fields: { TITLE: 'x' } }
const added = (portal: Portal): number => portal.stats.writes['crm.deal.add'] ?? 0

describe('a fault of a request', () => {
  test.each([
    ['http-502', 502, 'text/html', undefined],
    ['http-503', 503, 'text/html', 0],
    ['http-504', 504, 'text/html', 1],
    ['html-200', 200, 'text/html', undefined],
    ['redirect', 302, 'text/html', 0],
    ['http-500', 500, 'application/json; charset=utf-8', undefined],
    ['rate-limit', 503, 'application/json; charset=utf-8', 0],
    ['overload', 503, 'application/json; charset=utf-8', 0],
  ] as const)('%s answers %d as %s', async (fault, status, type, executed) => {
    const portal = portalWith(`fault=${fault}@2`)
    expect((await send(portal, 'server.time')).status).toBe(200)
    const answer = await send(portal, 'crm.deal.add', ADD)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type])
    expect(portal.stats.faults).toEqual({ [fault]: 1 })
    if (executed !== undefined) expect(added(portal)).toBe(executed)
    expect((await send(portal, 'server.time')).status).toBe(200)
  })

  test.each([
    ['reset-before', 0],
    ['reset-middle', 1],
    ['lost-reply', 1],
    ['hang', undefined],
  ] as const)('%s shows in process as wire', async (fault, executed) => {
    const portal = portalWith(`fault=${fault}@1`)
    expect((await send(portal, 'crm.deal.add', ADD)).wire).toBe(fault)
    if (executed !== undefined) expect(added(portal)).toBe(executed)
  })

  test('that may or may not be executed is executed in about half of the cases', async () => {
    const portal = portalWith('plan=box,fault=http-500=100%')
    for (let count = 0; count < 200; count++) await send(portal, 'crm.deal.add', ADD)
    expect(added(portal)).toBeGreaterThan(60)
    expect(added(portal)).toBeLessThan(140)
  })

  test('truncated ends the JSON early and is executed', async () => {
    const portal = portalWith('fault=truncated@1')
    const answer = await send(portal, 'crm.deal.add', ADD)
    expect(answer.status).toBe(200)
    expect(() => bodyOf(answer)).toThrow(SyntaxError)
    expect(added(portal)).toBe(1)
  })

  test('with a chance strikes as often as it says, and the same requests for the same seed', async () => {
    const struck = async (seed: number): Promise<number[]> => {
      const portal = portalWith(`plan=box,seed=${seed},fault=rate-limit=20%`)
      const statuses: number[] = []
      for (let count = 0; count < 500; count++) statuses.push((await send(portal, 'server.time')).status)
      return statuses
    }
    const first = await struck(1)
    const share = first.filter((status) => status === 503).length / 500
    expect(share).toBeGreaterThan(0.14)
    expect(share).toBeLessThan(0.26)
    expect(await struck(1)).toEqual(first)
    expect(await struck(2)).not.toEqual(first)
  })

  test.each([
    [
      'by ordinals strikes from the first to the last of them',
      'http-502@2-3',
      [200, 502, 502, 200, 200, 200],
    ],
    ['by a step strikes at every so many', 'http-502/3', [200, 200, 502, 200, 200, 502]],
  ])('%s', async (_how, fault, expected) => {
    const portal = portalWith(`fault=${fault}`)
    const statuses: number[] = []
    for (let count = 0; count < 6; count++) statuses.push((await send(portal, 'server.time')).status)
    expect(statuses).toEqual(expected)
  })
})

describe('a fault of a batch or a call', () => {
  test('empty-batch executes everything and answers five empty containers', async () => {
    const portal = portalWith('fault=empty-batch@1')
    await ask(portal, 'server.time') // no batch, so it does not count
    const answer = await batch(portal, { a: 'crm.deal.add?fields[TITLE]=x' })
    expect(answer).toEqual({
      result: [],
      result_error: [],
      result_total: [],
      result_next: [],
      result_time: [],
    })
    expect(added(portal)).toBe(1)
  })

  test('every so many counts commands across requests', async () => {
    const portal = portalWith('fault=failing-command/3')
    const two = { a: 'server.time', b: 'server.time' }
    const failed: string[][] = []
    for (let count = 0; count < 3; count++)
      failed.push(Object.keys((await batch(portal, two)).result_error as object))
    expect(failed).toEqual([[], ['a'], ['b']])
  })

  test('empty-command takes the rows of one list away', async () => {
    const portal = portalWith('rows=120,fault=empty-command@2')
    const list = 'crm.item.list?entityTypeId=2'
    const answer = await batch(portal, { a: list, b: list, c: list })
    const counts = Object.values(answer.result as Record<string, { items: unknown[] }>).map(
      (one) => one.items.length,
    )
    expect(counts).toEqual([50, 0, 50])
    expect(portal.stats.faults).toEqual({ 'empty-command': 1 })
    expect(await idsOf(portal, 'crm.deal.list')).toHaveLength(50)
  })

  test('failing-command is an entry in result_error, or HTTP 500 for a direct call', async () => {
    const portal = portalWith('fault=failing-command@1-2')
    const direct = await send(portal, 'crm.deal.add', ADD)
    expect([direct.status, bodyOf(direct).error]).toEqual([500, 'INTERNAL_SERVER_ERROR'])
    const answer = await batch(portal, { a: 'crm.deal.add?fields[TITLE]=x', b: 'server.time' })
    expect(answer.result_error).toHaveProperty('a.error', 'INTERNAL_SERVER_ERROR')
    expect(added(portal)).toBe(0)
  })

  test('lost-command executes a command that is in no container, and the others are', async () => {
    const portal = portalWith('rows=5,ids=dense,fault=lost-command@2')
    const add = 'crm.deal.add?fields[TITLE]=x'
    const answer = await batch(portal, { a: add, b: add, c: add, d: 'crm.deal.get?id=$result[b]' })
    // What is lost cannot be referred to: the reference reaches the map of all results, and as an id that is 1.
    expect(answer.result).toMatchObject({ a: 6, c: 8, d: { ID: '1' } })
    expect(Object.keys(answer.result as object)).toEqual(['a', 'c', 'd'])
    expect(Object.keys(answer.result_time as object)).toEqual(['a', 'c', 'd'])
    expect(answer.result_error).toEqual([])
    expect(added(portal)).toBe(3)
    expect(inspected(portal, 'log?kind=write')).toHaveLength(3)
    expect(portal.stats.faults).toEqual({ 'lost-command': 1 })
  })

  test('lost-command loses no refusal, and strikes no direct call', async () => {
    const portal = portalWith('fault=lost-command=100%')
    expect((await batch(portal, { a: 'crm.deal.add?TITLE=x' })).result_error).toHaveProperty('a.error', '')
    expect((await send(portal, 'crm.deal.add', ADD)).status).toBe(200)
    expect(portal.stats.faults).toEqual({})
  })

  test('refused-command is the same refusal in a batch and alone, and nothing is executed', async () => {
    const portal = portalWith('fault=refused-command@1-2')
    const refusal = { error: '', error_description: 'Some field is wrong' }
    const direct = await send(portal, 'crm.deal.add', ADD)
    expect([direct.status, bodyOf(direct)]).toEqual([400, refusal])
    const answer = await batch(portal, { a: 'crm.deal.add?fields[TITLE]=x', b: 'server.time' })
    expect(answer.result_error).toEqual({ a: refusal })
    expect(Object.keys(answer.result as object)).toEqual(['b'])
    expect(added(portal)).toBe(0)
  })

  test('operating-limit is feigned and no violation', async () => {
    const portal = portalWith('plan=standard,fault=operating-limit@1-2')
    const direct = await send(portal, 'crm.deal.list')
    expect([direct.status, bodyOf(direct).error]).toEqual([429, 'OPERATION_TIME_LIMIT'])
    const answer = await batch(portal, { a: 'crm.deal.list' })
    expect(answer.result_error).toHaveProperty('a.error', 'OPERATION_TIME_LIMIT')
    expect(portal.stats.violations.operating).toBe(0)
  })

  test('inserts, updates and deletes change the table just before a list is read', async () => {
    const portal = portalWith('rows=100,ids=dense,fault=inserts@1,fault=deletes@2,fault=updates@3')
    expect((await ask(portal, 'crm.deal.list')).total).toBe(101)
    expect((await ask(portal, 'crm.deal.list')).total).toBe(100)
    const before = inspected(portal, 'truth?method=crm.deal.list')
    await ask(portal, 'crm.deal.list')
    const after = inspected(portal, 'truth?method=crm.deal.list')
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1)
    expect(portal.stats.changes).toEqual({ inserted: 1, updated: 1, deleted: 1 })
  })
})

test('faults can be replaced while the portal runs, and ordinals start again', async () => {
  const portal = portalWith('fault=http-502@1')
  expect((await send(portal, 'server.time')).status).toBe(502)
  const replace = (query: string): number | undefined =>
    portal.inspect({ method: 'POST', path: `/_sandbox/faults${query}` })?.status
  expect(replace('?fault=http-504@1&fault=http-502@2')).toBe(200)
  expect((await send(portal, 'server.time')).status).toBe(504)
  expect((await send(portal, 'server.time')).status).toBe(502)
  expect(replace('?fault=http-503/2')).toBe(200)
  expect((await send(portal, 'server.time')).status).toBe(200)
  expect((await send(portal, 'server.time')).status).toBe(503)
  expect(replace('?fault=fire')).toBe(400)
  expect(replace('')).toBe(200)
  expect((await send(portal, 'server.time')).status).toBe(200)
})

test('no fault disturbs what is asked of the sandbox itself', async () => {
  // Those of tokens strike where tokens are asked for.
  const faults = Object.entries(FAULTS).filter(([, { target }]) => target !== 'token')
  for (const [fault] of faults) {
    const portal = portalWith(`rows=60,ids=dense,fault=${fault}=100%`)
    for (const call of ['stats', 'log?kind=write', 'truth?method=crm.deal.list&only=ids']) {
      const path = `/_sandbox/${call}`
      const answer = await portal.handle({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) })
      expect([answer.status, answer.wire]).toEqual([200, undefined])
    }
    expect(inspected(portal, 'truth?method=crm.deal.list&only=ids')).toHaveLength(60)
    expect(portal.stats.faults).toEqual({})
  }
})

test('every fault can fire and is counted', async () => {
  // Those of tokens strike where tokens are asked for.
  const faults = Object.entries(FAULTS).filter(([, { target }]) => target !== 'token')
  for (const [fault] of faults) {
    const portal = portalWith(`rows=60,fault=${fault}=100%`)
    await send(portal, 'batch', { cmd: { a: 'crm.deal.list' } })
    expect(portal.stats.faults).toEqual({ [fault]: 1 })
  }
})

test('others change so many rows a second, and there are as many departments as one wishes', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const portal = portalWith('rows=1000,departments=700,writes=50')
  expect((await ask(portal, 'department.get')).total).toBe(700)
  await vi.advanceTimersByTimeAsync(6_000)
  const { total } = await ask(portal, 'department.get')
  const { inserted, updated, deleted } = portal.stats.changes
  expect(inserted + updated + deleted).toBe(300)
  expect(total).toBe(700 + inserted - deleted)
  expect(Math.min(inserted, updated, deleted)).toBeGreaterThan(60)
  expect(portal.stats.faults).toEqual({})
})
