import { describe, expect, test } from 'vitest'
import { bulkPortal } from '../support/bulk-portal.ts'

/** Pages slow enough for requests to meet at the portal. */
const SETTINGS = 'rows=10000,page-ms=20,latency-ms=20,workers=50,row-bytes=100'
const ALL = ['get-all', 'crm.deal.list', '--select', 'ID']

interface Said {
  readonly words?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

describe('most requests of get-all in flight:', () => {
  test.each<[number, number, string, Said]>([
    [2, 8, 'as usual', {}],
    [1, 1, 'a flag', { words: ['--concurrency', '1'] }],
    [2, 2, 'a variable', { env: { BX24_CONCURRENCY: '2' } }],
    [3, 3, 'a flag above a variable', { words: ['--concurrency', '3'], env: { BX24_CONCURRENCY: '2' } }],
    [2, 20, 'a higher flag', { words: ['--concurrency', '20'] }],
  ])('%i to %i, %s', async (least, most, _what, { words = [], env = {} }) => {
    const portal = await bulkPortal(SETTINGS)
    const { code, stdout, stderr } = await portal.run([...ALL, ...words], { env })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toHaveLength(10_001)
    expect(portal.stats.peakInFlight).toBeGreaterThanOrEqual(least)
    expect(portal.stats.peakInFlight).toBeLessThanOrEqual(most)
  })
})
