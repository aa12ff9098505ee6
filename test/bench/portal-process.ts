import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { startBx24 } from './child.ts'
import { type RowScan, scanRows } from './row-scan.ts'
import { withServer } from './server-process.ts'
import { type LoggedWrite, writesIn } from './write-log.ts'

const START_BOUND_MS = 15_000
/** A million rows of truth take the sandbox a minute on a slow machine. */
const TRUTH_BOUND_MS = 300_000

/** Settings of the sandbox by name, without dashes: `{ rows: '1000', fault: ['hang=5%'] }`. */
export type PortalSettings = Readonly<Record<string, string | readonly string[]>>

/** A sandbox portal in a process of its own. */
export interface PortalProcess {
  readonly webhook: string
  readonly stats: () => Promise<SandboxStats>
  /** Ids of all rows that match now, ascending; `throughout`: without those that were added since the start. */
  readonly trueIds: (query: string, throughout?: boolean) => Promise<readonly number[]>
  /** All rows that match now, as they should be written. */
  readonly trueRows: (query: string) => Promise<RowScan>
  /** Writes all rows that match now into a file. */
  readonly saveRows: (query: string, file: string) => Promise<void>
  /** What was written so far, in the order in which it was. */
  readonly writes: () => Promise<LoggedWrite[]>
}

/** Starts a portal, hands it to `use`, and stops it whatever comes of that. */
export function withPortal<T>(
  settings: PortalSettings,
  use: (portal: PortalProcess) => Promise<T>,
): Promise<T> {
  return withServer(
    (home) => startBx24(['sandbox', ...flags(settings)], home),
    (webhook) => use(portalAt(webhook)),
  )
}

function flags(settings: PortalSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [`--${name}`, one]),
  )
}

function portalAt(webhook: string): PortalProcess {
  const inside = async (path: string, boundMs: number): Promise<Response> => {
    const response = await fetch(new URL(`/_sandbox/${path}`, webhook), {
      signal: AbortSignal.timeout(boundMs),
    })
    if (!response.ok) throw new Error(`/_sandbox/${path}: HTTP ${response.status}`)
    return response
  }
  return {
    webhook,
    stats: async () => (await (await inside('stats', START_BOUND_MS)).json()) as SandboxStats,
    async trueIds(query, throughout = false) {
      const path = `truth?${query}&only=ids${throughout ? '&throughout=1' : ''}`
      return idLines(await inside(path, TRUTH_BOUND_MS))
    },
    writes: async () => writesIn(await (await inside('log?kind=write', TRUTH_BOUND_MS)).text()),
    async saveRows(query, file) {
      const rows = Readable.from(bodyOf(await inside(`truth?${query}`, TRUTH_BOUND_MS)))
      await pipeline(rows, createWriteStream(file))
    },
    trueRows: async (query) => scanRows(bodyOf(await inside(`truth?${query}`, TRUTH_BOUND_MS))),
  }
}

async function idLines(response: Response): Promise<number[]> {
  const ids: number[] = []
  let rest = ''
  for await (const chunk of bodyOf(response)) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) ids.push(Number(line))
  }
  return ids
}

async function* bodyOf(response: Response): AsyncGenerator<Buffer> {
  if (response.body === null) return
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
}
