import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { type ProcessRun, runBx24 } from './child.ts'
import type { PortalProcess } from './portal-process.ts'
import { RowScanner, type RowScan, scanRows } from './row-scan.ts'
import { withFolder } from './scratch.ts'

const OLD = 'what was there before\n'

/** Exit codes that tell the user honestly that the rows are not complete; 70 is a bug of ours, and 2 one of the benchmark. */
const HONEST = new Set([1, 3, 4, 5])

export interface ExportRequest {
  /** Words behind `get-all`: the method and its parameters, and settings. */
  readonly words: readonly string[]
  readonly to: 'file' | 'pipe'
  readonly boundMs: number
}

/** An export that has ended, and what the portal saw of it. */
export interface ExportRun extends ProcessRun {
  readonly to: 'file' | 'pipe'
  /** What was written, if the exit code vouches for it; else nothing. */
  readonly rows: RowScan
  /** The file that was there before still is. Always true of a pipe. */
  readonly isOldFileKept: boolean
  readonly stats: SandboxStats
}

/** Runs one `get-all` against a portal that nobody else has used. */
export function exportRows(portal: PortalProcess, request: ExportRequest): Promise<ExportRun> {
  return request.to === 'pipe' ? exportToPipe(portal, request) : exportToFile(portal, request)
}

async function exportToPipe(portal: PortalProcess, { words, boundMs }: ExportRequest): Promise<ExportRun> {
  const scanner = new RowScanner()
  const run = await runBx24(['get-all', ...words], {
    webhook: portal.webhook,
    boundMs,
    onOutput: (chunk) => scanner.add(chunk),
  })
  return { ...run, to: 'pipe', rows: scanner.end(), isOldFileKept: true, stats: await portal.stats() }
}

function exportToFile(portal: PortalProcess, { words, boundMs }: ExportRequest): Promise<ExportRun> {
  return withFolder(async (folder) => {
    const file = join(folder, 'rows.ndjson')
    writeFileSync(file, OLD)
    const run = await runBx24(['get-all', ...words, '-o', file], { webhook: portal.webhook, boundMs })
    const isReplaced = run.code === 0
    return {
      ...run,
      to: 'file',
      rows: isReplaced ? await scanRows(createReadStream(file)) : new RowScanner().end(),
      isOldFileKept: !isReplaced && existsSync(file) && isOld(file),
      stats: await portal.stats(),
    }
  })
}

function isOld(file: string): boolean {
  return statSync(file).size === OLD.length && readFileSync(file, 'utf8') === OLD
}

export function isComplete({ code }: ExportRun): boolean {
  return code === 0
}

/** What is wrong with how a run ended, in words; a run that failed and says so is an honest one. */
export function endFaults(run: ExportRun): string[] {
  if (run.isTimedOut) return ['no end within its time']
  if (run.code === 0) return run.rows.isWhole ? [] : ['the last line is cut off']
  const faults: string[] = []
  if (run.code === null || !HONEST.has(run.code)) faults.push(`ended with ${run.code ?? run.signal ?? '?'}`)
  if (!run.isOldFileKept) faults.push('the old file is gone')
  if (run.stderr === '') faults.push('failed without a word')
  return faults
}
