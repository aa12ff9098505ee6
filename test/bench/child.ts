import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { withFolder } from './scratch.ts'

/** Paths are those of the project, in whose folder benchmarks and tests run. */
const BIN = resolve('bin/bx24.cjs')
const PRELOAD = resolve('test/bench/report-usage.cjs')

/** Error texts are kept up to this length; nothing that runs well says more. */
const MOST_STDERR_CHARS = 20_000

const alive = new Map<ChildProcess, () => void>()
process.once('exit', () => alive.forEach((kill) => kill()))

/** Sees to it that a process does not outlive this one. */
export function mortal(child: ChildProcess, kill = killing(child)): ChildProcess {
  alive.set(child, kill)
  child.once('close', () => alive.delete(child))
  return child
}

function killing(child: ChildProcess): () => void {
  return () => child.kill('SIGKILL')
}

/** How a process ended, and what it used. */
export interface ProcessRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It did not end within its time and was killed. */
  readonly isTimedOut: boolean
  readonly stderr: string
  readonly wallSeconds: number
  /** User and system time; `undefined` if the process was killed. */
  readonly cpuSeconds: number | undefined
  readonly peakMb: number | undefined
}

export interface RunOptions {
  /** Milliseconds after which the process is killed. */
  readonly boundMs: number
  readonly webhook?: string
  readonly env?: Readonly<Record<string, string>>
  /** What standard input brings, if it is to be a pipe; else there is none. */
  readonly input?: Iterable<string>
  /** What standard output brings, if it is to be a pipe; else it leads nowhere. */
  readonly onOutput?: (chunk: Buffer) => void
}

/** Starts a process with nothing of this environment in it, which does not outlive this one. */
export function startNode(
  words: readonly string[],
  home: string,
  env: Readonly<Record<string, string>>,
  stdio: SpawnOptions['stdio'],
): ChildProcess {
  return mortal(
    spawn(process.execPath, words, {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, ...env },
      stdio,
    }),
  )
}

/** Whether a command of the built program knows an option, by its own word. */
export async function knowsOption(command: string, option: string): Promise<boolean> {
  const help: Buffer[] = []
  await runBx24([command, '--help'], { boundMs: 20_000, onOutput: (chunk) => help.push(chunk) })
  return Buffer.concat(help).toString().includes(`${option} `)
}

export function startBx24(words: readonly string[], home: string): ChildProcess {
  return startNode([BIN, ...words], home, {}, ['ignore', 'pipe', 'pipe'])
}

/** Runs the built program to its end and measures it. */
export function runBx24(words: readonly string[], options: RunOptions): Promise<ProcessRun> {
  return runNode([BIN, ...words], options)
}

/** Runs any program for Node to its end and measures it. */
export function runNode(words: readonly string[], options: RunOptions): Promise<ProcessRun> {
  return withFolder(async (home) => {
    const usageFile = join(home, 'usage.json')
    const env = {
      BENCH_USAGE_FILE: usageFile,
      ...(options.webhook === undefined ? {} : { BX24_WEBHOOK: options.webhook }),
      ...options.env,
    }
    const startedAt = performance.now()
    const output = options.onOutput === undefined ? 'ignore' : 'pipe'
    const input = options.input === undefined ? 'ignore' : 'pipe'
    const child = startNode(['--require', PRELOAD, ...words], home, env, [input, output, 'pipe'])
    // A program that does not read its input to the end closes it; that is its right.
    if (options.input !== undefined && child.stdin !== null)
      pipeline(Readable.from(options.input), child.stdin, () => undefined)
    if (options.onOutput !== undefined) child.stdout?.on('data', options.onOutput)
    const ended = await endOf(child, options.boundMs)
    return { ...ended, ...usageIn(usageFile), wallSeconds: (performance.now() - startedAt) / 1000 }
  })
}

/** The built program as a user runs it, unmeasured but for the clock: seconds from start to end. */
export async function secondsOfNode(
  words: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const startedAt = performance.now()
  const child = startNode(words, home, env, ['ignore', 'pipe', 'pipe'])
  child.stdout?.resume()
  const { code, stderr } = await endOf(child, 20_000)
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${code}: ${stderr}`)
  return (performance.now() - startedAt) / 1000
}

export function binWords(...words: readonly string[]): string[] {
  return [BIN, ...words]
}

/** Waits for a process, for `boundMs` at the most. */
export function endOf(
  child: ChildProcess,
  boundMs: number,
  kill = killing(child),
): Promise<Pick<ProcessRun, 'code' | 'signal' | 'isTimedOut' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    let isTimedOut = false
    const bound = setTimeout(() => {
      isTimedOut = true
      kill()
    }, boundMs)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MOST_STDERR_CHARS)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(bound)
      resolve({ code, signal, isTimedOut, stderr })
    })
  })
}

function usageIn(file: string): Pick<ProcessRun, 'cpuSeconds' | 'peakMb'> {
  try {
    const { cpuSeconds, peakKb } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
    return { cpuSeconds, peakMb: peakKb === undefined ? undefined : peakKb / 1024 }
  } catch {
    return { cpuSeconds: undefined, peakMb: undefined }
  }
}
