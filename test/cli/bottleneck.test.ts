import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal } from '../support/bulk-portal.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** What tests read of a report. */
interface Summary {
  readonly rows: number
  readonly requests: number
  readonly retries: number
  readonly durationSeconds: number
  readonly waitingSeconds: Readonly<Record<'bucket' | 'operating' | 'backoff' | 'consumer', number>>
  readonly timeSeconds: Readonly<Record<string, number>>
  readonly inFlight: { readonly mean: number; readonly max: number }
  readonly overTime: { readonly inFlight: readonly number[] }
  readonly bytesReceived: number
  readonly bytesOnWire: number
  readonly processorSeconds: { readonly user: number; readonly system: number }
  readonly methods: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly bottleneck: { readonly cause: string; readonly share: number; readonly text: string }
}

/** The report of a run of the built command on a sandbox portal of its own. */
async function reported(settings: string, words: readonly string[], cwd = tempFolder()): Promise<Summary> {
  const portal = await bulkPortal(settings)
  const { code, stderr } = await portal.run([...words, '--summary-file', 's.json'], { cwd })
  expect([code, stderr]).toEqual([0, ''])
  return summaryIn(cwd)
}

function expectBottleneck({ bottleneck }: Pick<Summary, 'bottleneck'>, cause: string, advice: string): void {
  expect(bottleneck.cause).toBe(cause)
  expect(bottleneck.text).toContain(advice)
}

function summaryIn(cwd: string): Summary {
  return JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8')) as Summary
}

const TO_FILE = ['get-all', 'crm.deal.list', '-o', 'd.ndjson']

describe('the bottleneck of a run is named for what it is', () => {
  test('pages that take the portal long', async () => {
    const { bottleneck, methods } = await reported('rows=6000,page-ms=60', TO_FILE)
    expectBottleneck({ bottleneck }, 'portal', '--select')
    const { portalSeconds, pages, rows } = methods['crm.deal.list'] ?? {}
    expect([Number(pages) >= 120, rows]).toEqual([true, 6_000])
    expect(portalSeconds).toBeGreaterThan(7)
  })

  test('requests that are long on their way, and kept short', async () => {
    const settings = 'rows=3000,latency-ms=250'
    const { bottleneck, methods } = await reported(settings, [
      ...TO_FILE,
      ...['--batch-size', '10', '--concurrency', '1'],
    ])
    expectBottleneck({ bottleneck }, 'latency', '--batch-size')
    const { p50, max } = methods['crm.deal.list']?.['latencySeconds'] as { p50: number; max: number }
    expect(p50).toBeGreaterThan(0.24)
    expect(max).toBeGreaterThanOrEqual(p50)
  })

  test('a request limit that the run keeps to', async () => {
    const limit = ['--burst', '2', '--tps', '2', '--batch-size', '5']
    const report = await reported('rows=2000,bucket-capacity=8,bucket-drain=2', [...TO_FILE, ...limit])
    expectBottleneck(report, 'bucket', '--tps')
    // The last request beyond the first two goes half a second for each of them after the start.
    const leastSeconds = (report.requests - 3) / 2
    expect(report.durationSeconds).toBeGreaterThan(leastSeconds)
    expect(report.waitingSeconds.bucket).toBeGreaterThan(0.5 * leastSeconds)
  })

  test('operating time that is used up', async () => {
    const cwd = tempFolder()
    const sandbox = '--sandbox=rows=2000,operating-seconds=3,window-seconds=10,page-cost=0.1'
    // One lane alone hears with each refusal how long it lasts; else a minute is waited.
    const words = [...TO_FILE, sandbox, '--concurrency', '1', '--summary-file', 's.json']
    const { code } = await runCli(words, { cwd, timeoutMs: 100_000 })
    expect(code).toBe(0)
    const { bottleneck, waitingSeconds } = summaryIn(cwd)
    expectBottleneck({ bottleneck }, 'operating', '--select')
    expect(waitingSeconds.operating).toBeGreaterThan(1)
  }, 110_000)

  test('a portal in trouble', async () => {
    const report = await reported('rows=4000,fault=http-503=50%', [
      ...TO_FILE,
      ...['--batch-size', '10', '--retries', '30'],
    ])
    expectBottleneck(report, 'backoff', 'HTTP 503')
    expect(report.methods['crm.deal.list']).toMatchObject({ lost: report.retries })
    expect(report.retries).toBeGreaterThan(0)
  })

  test('a reader that is slower than the portal', async () => {
    const portal = await bulkPortal('rows=3000')
    const cwd = tempFolder()
    const slow = `process.stdin.on('data', () => { process.stdin.pause(); setTimeout(() => process.stdin.resume(), 60) })`
    const reader = spawn(process.execPath, ['-e', slow], { stdio: ['pipe', 'ignore', 'inherit'] })
    const words = ['get-all', 'crm.deal.list', '--summary-file', 's.json']
    await portal.run(words, { cwd, stdio: ['ignore', reader.stdin, 'pipe'] })
    reader.stdin.destroy()
    const report = summaryIn(cwd)
    expectBottleneck(report, 'consumer', 'faster reader')
    expect(report.waitingSeconds.consumer).toBeGreaterThan(report.durationSeconds / 2)
  })

  test('an input that comes slowly', async () => {
    const portal = await bulkPortal('rows=500')
    const cwd = tempFolder()
    const { child, ended } = portal.start(
      ['get-by-id', 'crm.deal.get', '-o', 'd.ndjson', '--summary-file', 's.json'],
      {
        cwd,
        stdin: 'open',
      },
    )
    const ids = Array.from({ length: 10 }, (_, at) => `${at + 1}\n`)
    const timer = setInterval(() => {
      const id = ids.shift()
      if (id !== undefined) child.stdin?.write(id)
      else {
        clearInterval(timer)
        child.stdin?.end()
      }
    }, 250)
    expect((await ended).code).toBe(0)
    const { bottleneck } = summaryIn(cwd)
    expectBottleneck({ bottleneck }, 'input', 'the input came slowly')
  })

  test('lanes that are all used', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'ids'), Array.from({ length: 600 }, (_, at) => `${at + 1}\n`).join(''))
    const words = ['get-by-id', 'crm.deal.get', 'ids', '--concurrency', '2', '-o', 'd.ndjson']
    const report = await reported('rows=600,page-ms=8', words, cwd)
    expectBottleneck(report, 'portal', '--concurrency')
    expect(report.inFlight).toMatchObject({ max: 2 })
    expect(report.inFlight.mean).toBeGreaterThan(1.5)
  })
})

test('bytes are told as they came over the wire, and as they were unpacked', async () => {
  const { bytesReceived, bytesOnWire, methods } = await reported('rows=2000,gzip=on', TO_FILE)
  expect(bytesReceived).toBeGreaterThan(2_000_000)
  expect(bytesOnWire).toBeGreaterThan(1_000)
  expect(bytesOnWire).toBeLessThan(bytesReceived / 2)
  expect(methods['crm.deal.list']).toMatchObject({ bytesReceived, bytesOnWire })
})

test('the uses of the time add up to all of it, and the processor is counted', async () => {
  const { timeSeconds, durationSeconds, overTime, processorSeconds } = await reported('rows=4000', TO_FILE)
  const sum = Object.values(timeSeconds).reduce((one, other) => one + other)
  expect(Math.abs(sum - durationSeconds)).toBeLessThan(0.01)
  expect(overTime.inFlight.length).toBeLessThanOrEqual(20)
  expect(Math.max(...overTime.inFlight)).toBeGreaterThan(0.1)
  expect(processorSeconds.user).toBeGreaterThan(0.05)
  expect(processorSeconds.system).toBeGreaterThan(0)
})
