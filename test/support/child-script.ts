import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface ChildScript {
  /** Starts a process of its own that runs the script; killed, if it still runs, when the test has finished. */
  start(...words: readonly string[]): RunningScript
}

export interface RunningScript {
  readonly child: ChildProcess
  /** The lines that it has printed so far. */
  readonly lines: readonly string[]
  /** Resolves with a line once there are so many; rejects if it ends without. */
  line(number: number): Promise<string>
  /** Resolves when it has ended and all of its lines are read. */
  readonly ended: Promise<void>
}

/** A module, in TypeScript, that imports from `./src/…`: bundled once, for any number of processes. */
export async function childScript(source: string): Promise<ChildScript> {
  const outfile = join(tempFolder(), 'script.mjs')
  await build({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  })
  return { start: (...words) => start(outfile, words) }
}

function start(file: string, words: readonly string[]): RunningScript {
  const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    waiting.forEach((check) => check())
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    lines,
    ended,
    line: (number) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const line = lines[number - 1]
          if (line === undefined) return
          waiting.delete(check)
          resolve(line)
        }
        waiting.add(check)
        check()
        void ended.then(() => reject(new Error(`ended after ${lines.length} lines`)))
      }),
  }
}
