import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempFolder } from './temp-folder.ts'

const BIN = fileURLToPath(new URL('../../bin/bx24.cjs', import.meta.url))

export interface CliRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What standard input holds; `open` leaves it open, with nothing in it. */
  readonly stdin?: string
  /** The working folder; an empty one by default, which is also the home folder. */
  readonly cwd?: string
  /** What runs leave to each other; an empty folder by default. */
  readonly stateDir?: string
  /** In place of pipes; what goes to a descriptor is not in the result. */
  readonly stdio?: StdioOptions
  readonly timeoutMs?: number
}

export interface RunningCli {
  readonly child: ChildProcess
  /** Resolves when the process has ended and its output is read. */
  readonly ended: Promise<CliRun>
  /**
   * Resolves, with all of standard output so far, once that or standard error holds this text; rejects if the process
   * ends without it.
   */
  says(text: string): Promise<string>
}

/** Runs the built program as its users do: a process of its own, nothing of this environment in it. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return startCli(words, options).ended
}

/** Gone with the home folder of these tests, since a program may run for several of them. */
function emptyState(): string {
  return mkdtempSync(join(process.env['HOME'] ?? '', 'state-'))
}

/** The same, still running. */
export function startCli(words: readonly string[], options: CliOptions = {}): RunningCli {
  const cwd = options.cwd ?? tempFolder()
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      BX24_STATE_DIR: options.stateDir ?? emptyState(),
      ...options.env,
    },
    stdio: options.stdio ?? 'pipe',
    timeout: options.timeoutMs ?? 20_000,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const hear = (): void => waiting.forEach((check) => check())
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    hear()
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    hear()
  })
  // A program that does not read its input closes it; that is its right.
  child.stdin?.on('error', () => undefined)
  if (options.stdin !== 'open') child.stdin?.end(options.stdin ?? '')

  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return {
    child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!stdout.includes(text) && !stderr.includes(text)) return
          waiting.delete(check)
          resolve(stdout)
        }
        waiting.add(check)
        check()
        void ended.then(() => reject(new Error(`ended without saying ${JSON.stringify(text)}: ${stderr}`)))
      }),
  }
}
