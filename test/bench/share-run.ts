import { createReadStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundled } from './bundled.ts'
import { type ProcessRun, runBx24, runNode, startNode } from './child.ts'
import { type PortalProcess, withPortal } from './portal-process.ts'
import { scanRows } from './row-scan.ts'
import { withFolder } from './scratch.ts'
import { withServer } from './server-process.ts'
import { readWritten } from './written-rows.ts'

const METHOD = 'crm.deal.list'
/** What a table asks for besides its rows. */
const BESIDE = 'crm.deal.fields'
const BOUND_MS = 300_000

export const WAYS = ['bare', 'ndjson', 'csv'] as const
/** The bare program, or `bx24` with one of its formats. */
export type Way = (typeof WAYS)[number]

/** Runs one of the programs against the replay. @throws Error if it has not written all rows */
export type RunWay = (way: Way) => Promise<ProcessRun>

/** Prepares the rows, starts a replay of them in a process of its own, and hands on what runs a program against it. */
export function withReplay<T>(
  { rows, rowBytes }: { readonly rows: number; readonly rowBytes: number },
  use: (run: RunWay) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const [rowsFile, answersFile] = [join(folder, 'rows.ndjson'), join(folder, 'answers.json')]
    const settings = { rows: String(rows), ids: 'dense', plan: 'box', 'row-bytes': String(rowBytes) }
    await withPortal(settings, async (portal) => {
      await portal.saveRows(`method=${METHOD}`, rowsFile)
      writeFileSync(answersFile, JSON.stringify({ [BESIDE]: await resultOf(portal, BESIDE) }))
    })
    const { sha256 } = await scanRows(createReadStream(rowsFile))
    return withServer(
      (home) =>
        startNode([bundled('replay-server'), rowsFile, answersFile], home, {}, ['ignore', 'pipe', 'pipe']),
      (webhook) => use((way) => withFolder((scratch) => runWay(way, scratch, webhook, { rows, sha256 }))),
    )
  })
}

/** The result of a call, as the portal writes it. */
async function resultOf({ webhook }: PortalProcess, method: string): Promise<string> {
  const response = await fetch(new URL(method, webhook), {
    method: 'POST',
    signal: AbortSignal.timeout(30_000),
  })
  const { result } = (await response.json()) as { readonly result: unknown }
  return JSON.stringify(result)
}

async function runWay(
  way: Way,
  folder: string,
  webhook: string,
  expected: { readonly rows: number; readonly sha256: string },
): Promise<ProcessRun> {
  const file = join(folder, `rows.${way === 'csv' ? 'csv' : 'ndjson'}`)
  const options = { webhook, boundMs: BOUND_MS }
  const run =
    way === 'bare'
      ? await runNode([bundled('bare-program'), file], { ...options, env: { BX24_WEBHOOK: webhook } })
      : await runBx24(['get-all', METHOD, '--plan', 'box', '-o', file], options)
  if (run.code !== 0) throw new Error(`${way} ended with ${run.code ?? run.signal ?? '?'}: ${run.stderr}`)
  const { ids, sha256 } = await readWritten(file)
  const isWhole = ids.length === expected.rows && ids.every((id, index) => id === index + 1)
  if (!isWhole) throw new Error(`${way} has not written all rows`)
  if (way === 'ndjson' && sha256 !== expected.sha256) throw new Error('other bytes than the replay has')
  return run
}
