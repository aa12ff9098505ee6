import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { endOf, startBx24 } from './child.ts'
import { type RowScan, scanRows } from './row-scan.ts'
import { withFolder } from './scratch.ts'
import { type LoggedWrite, writesIn } from './write-log.ts'

const START_BOUND_MS = 15_000
const STOP_BOUND_MS = 5_000
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
  /** What was written so far, in the order in which it was. */
  readonly writes: () => Promise<LoggedWrite[]>
}

/** Starts a portal, hands it to `use`, and stops it whatever comes of that. */
export function withPortal<T>(
  settings: PortalSettings,
  use: (portal: PortalProcess) => Promise<T>,
): Promise<T> {
  return withFolder(async (home) => {
    const child = startBx24(['sandbox', ...flags(settings)], home)
    const ended = endOf(child, 24 * 3600_000)
    try {
      return await use(portalAt(await firstLine(child.stdout, ended)))
    } finally {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_BOUND_MS)
      await ended
      clearTimeout(late)
    }
  })
}

function flags(settings: PortalSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [`--${name}`, one]),
  )
}

function firstLine(
  output: NodeJS.ReadableStream | null,
  ended: Promise<{ stderr: string }>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const bound = setTimeout(() => reject(new Error('the sandbox does not start')), START_BOUND_MS)
    output?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const end = text.indexOf('\n')
      if (end < 0) return
      clearTimeout(bound)
      resolve(text.slice(0, end))
    })
    void ended.then(({ stderr }) => {
      clearTimeout(bound)
      reject(new Error(`the sandbox ended: ${stderr}`))
    })
  })
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
