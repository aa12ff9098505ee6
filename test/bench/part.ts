import type { ExportRun } from './export-run.ts'
import { table } from './table.ts'

/** Some promises that belong together, measured. */
export interface Part {
  readonly name: string
  /** What is promised, in a sentence or some. */
  readonly promise: string
  /** What it understands besides its name. */
  readonly options?: readonly PartOption[]
  /** Runs it; `say` reports what is going on. */
  readonly run: (say: (text: string) => void, options: PartOptions) => Promise<PartResult>
}

export interface PartOptions {
  /** Only runs whose names have this in them. */
  readonly only?: string | undefined
  /** A command line to run instead of bx24. */
  readonly command?: string | undefined
}

export type PartOption = keyof PartOptions

export interface PartResult {
  /** Markdown. */
  readonly report: string
  /** What was promised and did not hold; empty if all did. */
  readonly failures: readonly string[]
}

/** A run of an export with its verdict. */
export interface JudgedRun {
  readonly name: string
  readonly run: ExportRun
  /** What is wrong, in words; empty if nothing is. */
  readonly faults: readonly string[]
}

const HEAD = [
  'run',
  'rows',
  'requests',
  'batches',
  'billed s',
  'violations',
  'refusals',
  'wall s',
  'CPU s',
  'peak MB',
  'exit',
  'verdict',
]

/** The table of all runs of a part. */
export function runTable(judged: readonly JudgedRun[]): string {
  return table(HEAD, judged.map(cellsOf))
}

export function failuresOf(judged: readonly JudgedRun[]): string[] {
  return judged
    .filter(({ faults }) => faults.length > 0)
    .map(({ name, faults }) => `${name}: ${faults.join('; ')}`)
}

export function sayRun(say: (text: string) => void, judged: JudgedRun): void {
  say(cellsOf(judged).join('  '))
}

export function verdict(faults: readonly string[], good = 'ok'): string {
  return faults.length === 0 ? good : `FAILED: ${faults.join('; ')}`
}

export function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** All values of a tally in one. */
export function total(tally: Readonly<Record<string, number>>): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0)
}

function cellsOf({ name, run, faults }: JudgedRun): string[] {
  const { stats } = run
  return [
    name,
    run.code === 0 ? String(run.rows.ids.length) : '-',
    String(stats.requests),
    String(stats.batches),
    fixed(stats.billedSeconds, 1),
    String(stats.violations.bucket + stats.violations.operating),
    String(total(stats.refusals)),
    fixed(run.wallSeconds, 1),
    fixed(run.cpuSeconds, 2),
    fixed(run.peakMb, 0),
    run.isTimedOut ? 'none' : String(run.code ?? run.signal),
    verdict(faults, run.code === 0 ? 'ok' : 'ok (honest)'),
  ]
}
