import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', '-o', 'd.ndjson']
const SANDBOX = '--sandbox=plan=box,rows=6000,ids=dense,page-ms=60,row-bytes=100'

test('a portal that is away for some seconds is waited for: the file is whole, and stderr says so once', async () => {
  const cwd = tempFolder()
  const words = [...DEALS, `${SANDBOX},fault=reset-before@0.4s-4s`, '--summary', 'json']
  const { code: exitCode, stderr } = await runCli(words, { cwd })
  expect(stderr.match(/127\.0\.0\.1:\d+ has not answered since \d\d:\d\d:\d\d: /g)).toHaveLength(1)
  expect(stderr).toMatch(/it is looked again at \d\d:\d\d:\d\d\./)
  expect(exitCode).toBe(0)
  const rows = readFileSync(join(cwd, 'd.ndjson'), 'utf8').trimEnd().split('\n')
  expect(new Set(rows).size).toBe(6_000)
  const summary = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as {
    waitingSeconds: Record<string, number>
    timeSeconds: Record<string, number>
    methods: Record<string, { requests: number }>
  }
  expect(summary.waitingSeconds['outage']).toBeGreaterThan(1)
  expect(summary.timeSeconds['outage']).toBeGreaterThan(1)
  expect(summary.methods['server.time']?.requests).toBeLessThanOrEqual(6)
}, 60_000)

test('one that does not come back is given up with exit code 5, and what to do', async () => {
  const words = [...DEALS, `${SANDBOX},fault=http-503@0.3s-999s`, '--max-wait', '3s']
  const { code: exitCode, stderr } = await runCli(words, { cwd: tempFolder() })
  expect(exitCode).toBe(5)
  expect(stderr).toMatch(/has not answered since \d{4}-/)
  expect(stderr).toContain('--max-wait')
}, 60_000)

test.each([
  ['1', 1_000],
  [() => new Date(Date.now() + 3_000).toUTCString(), 1_500],
])(
  'what an answer asks for with Retry-After is done, in seconds and as a date',
  async (wish, leastMs) => {
    let asked = 0
    const portal = await fakePortal((request, response) => {
      if (asked++ > 0) {
        always({ result: [], total: 0 })(request, response)
        return
      }
      response.setHeader('retry-after', typeof wish === 'string' ? wish : wish())
      always({ error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }, 503)(
        request,
        response,
      )
    })
    const startedAt = Date.now()
    const { code: exitCode } = await runCli(['raw', 'crm.deal.list'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(exitCode).toBe(0)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(leastMs)
  },
  60_000,
)
