import { describe, expect, it } from 'vitest'
import { portalV3 } from '../support/portal-v3.ts'
import { runCli } from '../support/run-cli.ts'

const GET = ['get-by-id', 'tasks.task.get', '--api', 'v3']

describe('get-by-id --api v3', () => {
  it('asks for many in one request', async () => {
    const portal = await portalV3({ rows: 40 })
    const ids = Array.from({ length: 40 }, (_, index) => 3 * index + 2)
    const run = await runCli([...GET, '--ids', ids.join(','), '--flat'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run.code).toBe(0)
    const rows = run.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { id: number })
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(portal.asked.map(({ method }) => method)).toEqual(['batch'])
    expect(portal.asked[0]?.body).toContainEqual({ method: 'tasks.task.get', query: { id: 5 } })
  })

  it('finds those that fail a batch, and has the others', async () => {
    const portal = await portalV3({ rows: 8 })
    const run = await runCli([...GET, '--ids', '2,5,8,9,11,14,17,20'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run.code).toBe(3)
    const outcomes = run.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const { id, outcome, error } = JSON.parse(line) as {
          id: number
          outcome: string
          error?: { code: string }
        }
        return [id, outcome, error?.code]
      })
    expect(outcomes).toEqual([
      [2, 'done', undefined],
      [5, 'done', undefined],
      [8, 'done', undefined],
      [9, 'refused', 'BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION'],
      [11, 'done', undefined],
      [14, 'done', undefined],
      [17, 'done', undefined],
      [20, 'done', undefined],
    ])
    // 8, its halves, the halves of the first, and the one that fails with its neighbour.
    expect(portal.asked.length).toBe(7)
  })

  it('stops at a method that is not there', async () => {
    const portal = await portalV3()
    const run = await runCli(['get-by-id', 'tasks.task.chat.get', '--ids', '1,2,3'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run.code).toBe(1)
    expect(portal.asked.length).toBe(1)
    expect(run.stderr).toContain('--api v2')
  })

  it('refuses lists, whose end is not shown', async () => {
    const portal = await portalV3()
    const run = await runCli(['get-by-id', 'tasks.task.result.list', '--api', 'v3', '--ids', '1'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run.code).toBe(2)
    expect(portal.asked).toEqual([])
  })
})
