import { expect, test } from 'vitest'
import { RefusalError } from '../../src/errors.ts'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { credentialFor, tokensOf, TokensInMemory } from '../support/oauth-in-process.ts'
import { portalInProcess, type PortalUnderTest } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

const OPTIONS = { signal: new AbortController().signal, expectedSeconds: 0 }

function portalWith(settings: Readonly<Record<string, string | string[]>>): Portal {
  return new Portal(sandboxSettings({ plan: 'box', ...settings }))
}

async function programAt(
  portal: Portal,
  store: TokensInMemory,
  plan: 'box' | 'standard' = 'box',
): Promise<PortalUnderTest> {
  return portalInProcess({}, { plan, as: { portal, credential: await credentialFor(portal, store) } })
}

test.each(['dead', 'until-used'])(
  'four programs with several lanes export for a minute on access of 5 s, where used refresh tokens are %s',
  async (reading) => {
    const portal = portalWith({
      rows: '5000',
      'page-ms': '1200',
      workers: '32',
      'token-seconds': '5',
      'token-ms': '300',
      reading: `old-refresh=${reading}`,
    })
    const { seconds } = await inVirtualTime(async () => {
      const store = new TokensInMemory(tokensOf(portal))
      const programs = await Promise.all([1, 2, 3, 4].map(() => programAt(portal, store)))
      const lists = await Promise.all(
        programs.map(({ caller }) => walk(caller, 'crm.deal.list', { batchSize: 2, concurrency: 4 })),
      )
      for (const { ids } of lists) expect(ids).toHaveLength(5_000)
    })
    expect(seconds).toBeGreaterThan(25)
    const { tokens, refusals } = portal.stats
    expect(tokens.refused).toBe(0)
    expect(tokens.refresh).toBeLessThanOrEqual(Math.ceil(seconds / 5))
    expect(tokens.refresh).toBeGreaterThan(3)
    expect(Object.keys(refusals)).toEqual(['expired_token'])
  },
  60_000,
)

test('an export of many hours, waits for operating time among it, ends well', async () => {
  const { value, seconds } = await inVirtualTime(async () => {
    const portal = portalWith({ plan: 'standard', rows: '10000', 'page-ms': '25000', 'page-cost': '25' })
    const { caller } = await programAt(portal, new TokensInMemory(tokensOf(portal)), 'standard')
    return { ids: (await walk(caller)).ids, stats: portal.stats }
  }, 12)
  expect(value.ids).toHaveLength(10_000)
  expect(seconds).toBeGreaterThan(1.5 * 3600)
  expect(value.stats.tokens).toEqual({ code: 0, refresh: Math.floor(seconds / 3600), refused: 0 })
  expect(value.stats.violations).toEqual({ bucket: 0, operating: 0 })
}, 60_000)

test('a write that was refused as expired was not done, and is sent again', async () => {
  const portal = portalWith({ fault: 'expired-token@1' })
  const { caller } = await programAt(portal, new TokensInMemory(tokensOf(portal)))
  await caller.call({ method: 'crm.lead.add', params: { fields: { TITLE: 'x' } } }, OPTIONS)
  expect(portal.stats).toMatchObject({ requests: 2, writes: { 'crm.lead.add': 1 }, tokens: { refresh: 1 } })
})

test('access that the portal never takes is given up after a few renewals', async () => {
  const portal = portalWith({ fault: 'expired-token=100%' })
  const { caller } = await programAt(portal, new TokensInMemory(tokensOf(portal)))
  await expect(caller.call({ method: 'profile', params: {} }, OPTIONS)).rejects.toMatchObject({
    exitCode: 4,
  })
  expect(portal.stats).toMatchObject({ requests: 4, tokens: { refresh: 3, refused: 0 } })
})

test('a token that the portal does not know is renewed once', async () => {
  const once = portalWith({ fault: 'invalid-token@1' })
  const { caller } = await programAt(once, new TokensInMemory(tokensOf(once)))
  await caller.call({ method: 'profile', params: {} }, OPTIONS)
  expect(once.stats.tokens.refresh).toBe(1)

  const never = portalWith({ fault: 'invalid-token=100%' })
  const other = await programAt(never, new TokensInMemory(tokensOf(never)))
  const failing = other.caller.call({ method: 'profile', params: {} }, OPTIONS)
  await expect(failing).rejects.toBeInstanceOf(RefusalError)
  expect(never.stats).toMatchObject({ requests: 2, tokens: { refresh: 1 } })
})

test('what the user gives as auth does not replace the body, and lists of parameters go through', async () => {
  const portal = portalWith({ rows: '20', ids: 'dense' })
  const { caller } = await programAt(portal, new TokensInMemory(tokensOf(portal)))
  const { result } = await caller.call({ method: 'task.commentitem.getlist', params: [1] as never }, OPTIONS)
  expect(result.toString()).toMatch(/^\[/)
})
