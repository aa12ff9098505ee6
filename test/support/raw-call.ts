import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'
import type { FakePortal } from './fake-portal.ts'
import { type CliOptions, type CliRun, runCli } from './run-cli.ts'

/** Answers everything with these bytes. */
export function bytes(body: string | Buffer, status = 200, headers: Record<string, string | string[]> = {}) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body)
  }
}

/** `bx24 raw` with these words, against this portal. */
export function raw(
  portal: FakePortal | Sandbox,
  words: readonly string[],
  options: CliOptions = {},
): Promise<CliRun> {
  const webhook = 'requests' in portal ? portal.webhook() : portal.webhook
  return runCli(['raw', ...words], { ...options, env: { BX24_WEBHOOK: webhook, ...options.env } })
}

/** A portal with 20 rows in each list; gone when the test has finished. */
export async function sandbox(settings: string): Promise<Sandbox> {
  const started = await startSandbox(sandboxSettingsFromText(`plan=box,rows=20,ids=dense,${settings}`))
  onTestFinished(() => started.close())
  return started
}

/** The parameters of all writes so far, as the portal read them. */
export async function writes(portal: Sandbox): Promise<unknown[]> {
  const log = await fetch(`http://127.0.0.1:${portal.port}/_sandbox/log?kind=write`)
  const lines = (await log.text()).split('\n').filter(Boolean)
  return lines.map((line) => (JSON.parse(line) as { asked: unknown }).asked)
}
