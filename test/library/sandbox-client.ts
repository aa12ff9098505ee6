import { onTestFinished } from 'vitest'
import { Bitrix24, type Bitrix24Options, type RunEvent } from '../../src/index.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

export interface SandboxClient {
  readonly portal: Bitrix24
  readonly sandbox: Sandbox
  readonly events: RunEvent[]
  /** Requests that have left so far. */
  readonly sent: () => number
  /** Ids of all deals, ascending. */
  readonly ids: () => Promise<number[]>
  /** What the portal has written so far, one after the other. */
  readonly writes: () => Promise<Write[]>
}

export interface Write {
  readonly method: string
  readonly entity: string
  readonly id: number
  /** The parameters as the portal read them. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly written: Readonly<Record<string, unknown>>
}

/** A client of a sandbox portal over HTTP. Both are gone when the test has finished. */
export async function client(
  settings: Record<string, string | string[]> = {},
  options: Partial<Bitrix24Options> = {},
): Promise<SandboxClient> {
  const sandbox = await startSandbox(sandboxSettings({ plan: 'box', rows: '260', ...settings }))
  const events: RunEvent[] = []
  const portal = new Bitrix24({
    webhook: sandbox.webhook,
    plan: 'box',
    stateDir: tempFolder(),
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(async () => {
    await portal.close()
    await sandbox.close()
  })
  const lines = async (path: string): Promise<string[]> => {
    const answer = await fetch(`http://127.0.0.1:${sandbox.port}/_sandbox/${path}`)
    return (await answer.text()).split('\n').filter(Boolean)
  }
  return {
    portal,
    sandbox,
    events,
    sent: () => events.filter(({ type }) => type === 'sent').length,
    ids: async () => (await lines('truth?method=crm.deal.list&only=ids')).map(Number),
    writes: async () => (await lines('log?kind=write')).map((line) => JSON.parse(line) as Write),
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The items, and what was thrown behind them. */
export async function settled<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const found: T[] = []
  try {
    for await (const item of items) found.push(item)
  } catch (error: unknown) {
    return { items: found, error }
  }
  return { items: found, error: undefined }
}

/** Resolves when it is so; the test's own time is the limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(5)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
