import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGzip } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { runCli } from '../support/run-cli.ts'

const MEGABYTE = Buffer.alloc(1024 * 1024, ' ')
const HUGE_MEGABYTES = 200
/** A whole answer of the largest size, the room that it grows in, and the program itself. */
const MOST_MEMORY_BYTES = 480 * 1024 * 1024

interface HugePortal {
  readonly webhook: string
  /** Bytes of huge answers that were asked for, and the commands of each such request. */
  readonly huge: number[]
}

/** A sandbox portal that puts 200 MB of blanks in front of the answers to requests that `isHuge` says. */
async function hugePortal(
  isHuge: (commands: number, answer: string) => boolean,
  isPacked: boolean,
): Promise<HugePortal> {
  const portal = new Portal(sandboxSettings({ plan: 'box', rows: '3000', ids: 'dense', 'row-bytes': '100' }))
  const huge: number[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '' } = request
    const body = Buffer.concat(chunks)
    const headers = { 'content-type': 'application/json' }
    const answer = await portal.handle({ method, path, headers, body })
    const { cmd = {} } = JSON.parse(body.toString()) as { cmd?: object }
    const commands = Math.max(1, Object.keys(cmd).length)
    if (!isHuge(commands, answer.body.toString())) {
      response.writeHead(200, headers).end(answer.body)
      return
    }
    huge.push(commands)
    response.writeHead(200, isPacked ? { ...headers, 'content-encoding': 'gzip' } : headers)
    const out = isPacked ? createGzip({ level: 1 }) : response
    if (out !== response) out.pipe(response)
    const closed = once(response, 'close').then(() => out.destroy())
    for (let sent = 0; sent < HUGE_MEGABYTES && !response.destroyed; sent++) {
      if (!out.write(MEGABYTE)) await Promise.race([once(out, 'drain'), closed])
    }
    out.end(answer.body)
  }
  const server = createServer((request, response) => {
    // Whoever has had enough hangs up.
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { webhook: `http://127.0.0.1:${port}${portal.webhookPath}`, huge }
}

const WORDS = ['get-all', 'crm.deal.list', '--concurrency', '1', '--retries', '1', '--summary', 'json']

test.each([
  ['', false],
  [', packed', true],
])(
  'answers of 200 MB%s are refused in bounded memory, and the chain is halved',
  { timeout: 120_000 },
  async (_, isPacked) => {
    const portal = await hugePortal((commands) => commands > 12, isPacked)
    const env = { BX24_WEBHOOK: portal.webhook }
    const { code, stdout, stderr } = await runCli(WORDS, { env, timeoutMs: 110_000 })
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, 3000])
    const { peakMemoryBytes } = JSON.parse(stderr) as { peakMemoryBytes: number }
    expect(peakMemoryBytes).toBeLessThan(MOST_MEMORY_BYTES)
    expect(portal.huge.length).toBeGreaterThan(0)
    expect(portal.huge.length).toBeLessThan(8)
  },
)

test(
  'a row that makes every answer too large is found, and the others come',
  { timeout: 120_000 },
  async () => {
    const portal = await hugePortal((_, answer) => answer.includes('"ID":"1234"'), true)
    const env = { BX24_WEBHOOK: portal.webhook }
    const { code, stdout, stderr } = await runCli(WORDS.slice(0, -2), { env, timeoutMs: 110_000 })
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([3, 2999])
    expect(stderr).toContain('The row with the id 1234 cannot be read')
    expect(stderr).toContain('larger than 128 MB')
  },
)
