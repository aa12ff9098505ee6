import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endOf, mortal, type ProcessRun } from './child.ts'
import { withFolder } from './scratch.ts'

/** How often the memory of its processes is looked at; the kernel keeps their peaks. */
const LOOK_MS = 100

export interface ForeignRequest {
  /** A line for the shell; `{webhook}` and `{out}` are put in. */
  readonly command: string
  readonly webhook: string
  /** The file that it is to write; its standard output goes there if the line does not speak of `{out}`. */
  readonly out: string
  readonly boundMs: number
}

/** Runs a program that is not ours, in the environment and folder of whoever called, and measures it. */
export function runForeign({ command, webhook, out, boundMs }: ForeignRequest): Promise<ProcessRun> {
  return withFolder(async (folder) => {
    const timesFile = join(folder, 'times')
    const line = command.replaceAll('{webhook}', quoted(webhook)).replaceAll('{out}', quoted(out))
    const own = command.includes('{out}') ? '' : ` > ${quoted(out)}`
    const startedAt = performance.now()
    // `times` tells what the children of the shell have used, whatever they are.
    const script = `( ${line}\n)${own}\ncode=$?\ntimes > ${quoted(timesFile)}\nexit $code`
    const child = spawn('sh', ['-c', script], {
      cwd: process.env['INIT_CWD'] ?? process.cwd(),
      env: { ...process.env, BX24_WEBHOOK: webhook, BENCH_OUT: out },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, so that the program ends with its shell.
      detached: true,
    })
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    }
    mortal(child, kill)
    let peakMb: number | undefined
    const look = setInterval(() => {
      peakMb = largest(peakMb, peakBelow(child.pid ?? 0))
    }, LOOK_MS)
    try {
      const ended = await endOf(child, boundMs, kill)
      const wallSeconds = (performance.now() - startedAt) / 1000
      return { ...ended, wallSeconds, cpuSeconds: cpuSecondsIn(timesFile), peakMb }
    } finally {
      clearInterval(look)
    }
  })
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** The second line of `times`: user and system time of the children, such as `0m1.250s 0m0.031s`. */
function cpuSecondsIn(file: string): number | undefined {
  try {
    const children = readFileSync(file, 'utf8').split('\n')[1] ?? ''
    const spans = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
    )
    return spans.length === 2 ? (spans[0] ?? 0) + (spans[1] ?? 0) : undefined
  } catch {
    return undefined
  }
}

/** MB of the largest process below this one, at its peak; `undefined` where the system does not tell. */
function peakBelow(pid: number): number | undefined {
  return childrenOf(pid).reduce<number | undefined>((most, child) => {
    return largest(most, largest(peakOf(child), peakBelow(child)))
  }, undefined)
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}

function peakOf(pid: number): number | undefined {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kb === undefined ? undefined : Number(kb) / 1024
  } catch {
    return undefined
  }
}

function largest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other)
}
