import { afterAll, beforeAll } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'
import type { Body } from './asking.ts'

/** A sandbox portal asked with plain `fetch`. */
export interface HttpPortal {
  /** One call; objects are sent as JSON. */
  ask(method: string, params?: unknown): Promise<Body>
  /** Status and headers of a call as well. */
  send(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A call of REST 3.0; `text` is sent as a form instead of JSON. */
  sendV3(
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    method?: string,
    text?: string,
  ): Promise<Response>
  /** The rows that `/_sandbox/truth` tells. */
  truth(method: string, query?: string): Promise<unknown[]>
}

/** Starts a portal for the tests of a block, without limits; it is stopped behind them. */
export function portalForTests(settings = ''): HttpPortal {
  let sandbox: Sandbox | undefined
  const webhook = (): URL => new URL(sandbox?.webhook ?? '')
  beforeAll(async () => {
    sandbox = await startSandbox(sandboxSettingsFromText(`plan=box,reading=app-methods=served,${settings}`))
  })
  afterAll(() => sandbox?.close())
  const send: HttpPortal['send'] = (path, body = {}, headers = {}) =>
    fetch(new URL(path, webhook()), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const sendV3: HttpPortal['sendV3'] = (path, body, headers = {}, method = 'POST', text) => {
    const type = text === undefined ? 'application/json' : 'application/x-www-form-urlencoded'
    return fetch(webhook().href.replace('/rest/', '/rest/api/') + path, {
      method,
      headers: { 'content-type': type, ...headers },
      ...(method === 'GET' ? {} : { body: text ?? JSON.stringify(body) }),
    })
  }
  return {
    send,
    sendV3,
    ask: async (method, params) => (await (await send(method, params)).json()) as Body,
    truth: async (method, query = '') => {
      const url = new URL(`/_sandbox/truth?method=${method}&${query}`, webhook())
      const text = await (await fetch(url)).text()
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown)
    },
  }
}
