import type { PortalAnswer } from '../../src/sandbox/answer.ts'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'

/** What tests read of an answer; rows are whatever the method gives. */
export interface Body {
  readonly result: unknown
  readonly next?: number
  readonly total?: number
  readonly error?: string
  readonly error_description?: string
  readonly time?: Record<string, number>
}

export interface BatchBody {
  readonly result: unknown
  readonly result_error: unknown
  readonly result_total: unknown
  readonly result_next: unknown
  readonly result_time: unknown
}

export type TestRow = Record<string, unknown>

/** A portal in process; without limits unless the settings say otherwise. */
export function portalWith(settings = ''): Portal {
  return new Portal(sandboxSettingsFromText(/plan=/.test(settings) ? settings : `plan=box,${settings}`))
}

/** One request as JSON; `path` names the method. */
export function send(
  portal: Portal,
  method: string,
  params: unknown = {},
  path?: string,
): Promise<PortalAnswer> {
  return portal.handle({
    method: 'POST',
    path: (path ?? portal.webhookPath) + method,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(params)),
  })
}

/** One request as a query string. */
export function sendQuery(portal: Portal, call: string): Promise<PortalAnswer> {
  return portal.handle({ method: 'GET', path: portal.webhookPath + call, headers: {}, body: Buffer.alloc(0) })
}

export function bodyOf(answer: PortalAnswer): Body {
  return JSON.parse(answer.body.toString()) as Body
}

export async function ask(portal: Portal, method: string, params: unknown = {}): Promise<Body> {
  return bodyOf(await send(portal, method, params))
}

export async function rowsOf(portal: Portal, method: string, params: unknown = {}): Promise<TestRow[]> {
  return (await ask(portal, method, params)).result as TestRow[]
}

export async function idsOf(portal: Portal, method: string, params: unknown = {}): Promise<number[]> {
  return (await rowsOf(portal, method, params)).map((row) => Number(row.ID))
}

export async function batch(portal: Portal, cmd: unknown, more: TestRow = {}): Promise<BatchBody> {
  return (await ask(portal, 'batch', { cmd, ...more })).result as BatchBody
}

/** Lines of `/_sandbox/...`, read in process. */
export function inspected(portal: Portal, call: string): string[] {
  const answer = portal.inspect({ method: 'GET', path: `/_sandbox/${call}` })
  return Array.from(answer?.chunks ?? [])
    .join('')
    .split('\n')
    .filter((line) => line !== '')
}
