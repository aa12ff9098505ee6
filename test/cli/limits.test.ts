import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PortalLimits } from '../../src/cli/limits-report.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const RAW = ['raw', 'crm.deal.list']

function portalsIn(text: string): readonly PortalLimits[] {
  return (JSON.parse(text) as { portals: readonly PortalLimits[] }).portals
}

test('it shows the bucket, the operating time of methods and who waits, in words and as JSON', async () => {
  const portal = await scaledPortal({ rows: '500', 'page-cost': '481' })
  const how = { env: portal.env, stateDir: tempFolder() }
  await runCli(RAW, how)
  const waiting = startCli([...RAW, '-v'], how)
  await waiting.says("waiting for the method's operating time")
  const sent = portal.sent()
  const { code, stdout, stderr } = await runCli(['limits', '--json'], how)
  expect([code, stderr]).toEqual([0, ''])
  const [one] = portalsIn(stdout)
  const soon = Date.now() + 570_000
  expect(one).toMatchObject({
    portal: `127.0.0.1:${portal.sandbox.port}`,
    requests: { places: 47, perSecond: 2, nextAt: null, refusals: 0 },
    methods: [{ method: 'crm.deal.list', operatingSeconds: 721.5, source: 'portal', blockedUntil: null }],
    waiting: [
      { for: 'operating', method: 'crm.deal.list', who: expect.stringContaining('bx24 raw') as string },
    ],
  })
  expect(Date.parse(one?.methods[0]?.freedAt ?? '')).toBeGreaterThan(soon)
  const words = (await runCli(['limits'], how)).stdout
  expect(words).toContain('Operating time in the last ten minutes, of 480 s:')
  expect(words).toMatch(
    /crm\.deal\.list {2}[0-9a-f]{8} {2}721\.5 s {2}0\.0 s {6}\d\d:\d\d:\d\d \(in \d+ min \d+ s\)/,
  )
  expect(words).toMatch(/process \d+: bx24 raw crm\.deal\.list: waits for the method's operating time until/)
  expect(portal.sent()).toBe(sent)
  waiting.child.kill('SIGKILL')
  await waiting.ended
})

test('without a webhook it shows every portal, with one or by name that one alone', async () => {
  const [one, other] = [await scaledPortal({ rows: '50' }), await scaledPortal({ rows: '50' })]
  const stateDir = tempFolder()
  expect((await runCli(['limits'], { stateDir })).stdout).toBe('No portal is known yet.\n')
  await runCli([...RAW, ...SCALED.slice(0, 4)], { env: one.env, stateDir })
  await runCli([...RAW, ...SCALED.slice(0, 4)], { env: other.env, stateDir })
  const hosts = [one, other].map(({ sandbox }) => `127.0.0.1:${sandbox.port}`)
  const all = portalsIn((await runCli(['limits', '--json'], { stateDir })).stdout)
  expect(all.map(({ portal }) => portal).sort()).toEqual(hosts.slice().sort())
  const ofWebhook = portalsIn((await runCli(['limits', '--json'], { stateDir, env: one.env })).stdout)
  expect(ofWebhook.map(({ portal }) => portal)).toEqual([hosts[0]])
  const named = portalsIn(
    (await runCli(['limits', hosts[1] ?? '', '--json'], { stateDir, env: one.env })).stdout,
  )
  expect(named.map(({ portal }) => portal)).toEqual([hosts[1]])
  expect((await runCli(['limits', 'x.bitrix24.com'], { stateDir })).stdout).toContain('none were counted')
})

test('a ledger that cannot be read is named', async () => {
  const portal = await scaledPortal({ rows: '50' })
  const how = { env: portal.env, stateDir: tempFolder() }
  await runCli(RAW, how)
  const folder = join(how.stateDir, 'limits')
  writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'x')
  const { code, stderr } = await runCli(['limits'], how)
  expect([code, stderr.includes('it is damaged')]).toEqual([0, true])
})
