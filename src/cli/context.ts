import { homedir, hostname } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { isatty } from 'node:tty'
import type { ProcessorTime } from '../progress/report.ts'
import type { Messages } from './messages.ts'

/** The outside world as a command sees it; made in one place, so that tests can make another. */
export interface Context {
  /** The words behind `bx24`. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  /** Opened when first asked for: an open stdin keeps a process alive. */
  readonly stdin: () => Readable
  readonly stdinIsTerminal: boolean
  readonly stdout: Writable
  readonly stdoutDescriptor: number | undefined
  readonly stdoutIsTerminal: boolean
  readonly stderr: Writable
  readonly stderrIsTerminal: boolean
  /** 0 if there is no terminal, or if it does not know its width. */
  readonly stderrColumns: number
  /** Asks at the terminal, whatever standard input is; `undefined` if there is none. */
  readonly ask: (question: string) => Promise<string | undefined>
  /** The same, for what nobody may see: it is not shown while it is typed. */
  readonly askSecret: (question: string) => Promise<string | undefined>
  /** Told apart from other processes by this. */
  readonly pid: number
  /** What people call this machine. */
  readonly machineName: string
  /** Whether the bits of a file's mode mean what they say. */
  readonly modesMatter: boolean
  /** As whom this process runs; `undefined` where users have no numbers. */
  readonly uid: number | undefined
  readonly now: () => number
  /** What is said on stderr. */
  readonly messages: Messages
  /** The most memory that this process has held so far. */
  readonly peakMemoryBytes: () => number
  /** What this process has had of the processor so far, all threads together. */
  readonly processorTime: () => ProcessorTime
  /** Fires with an InterruptedError when the user or the system wants the run to end. */
  readonly signal: AbortSignal
}

/** The context of this process; `close` lets go of what would keep it alive. */
export function processContext(signal: AbortSignal, messages: Messages): Context & { close(): void } {
  let stdinIsOpen = false
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin() {
      stdinIsOpen = true
      return process.stdin
    },
    // Asked of the system: to ask the stream would open it.
    get stdinIsTerminal() {
      return isatty(0)
    },
    stdout: process.stdout,
    stdoutDescriptor: 1,
    stdoutIsTerminal: process.stdout.isTTY,
    stderr: process.stderr,
    stderrIsTerminal: process.stderr.isTTY,
    // Asked for again each time: windows are pulled wider.
    get stderrColumns() {
      return process.stderr.isTTY ? process.stderr.columns : 0
    },
    async ask(question) {
      const { askAtTerminal } = await import('./ask-terminal.ts')
      return askAtTerminal(question, signal)
    },
    async askSecret(question) {
      const { askAtTerminal } = await import('./ask-terminal.ts')
      return askAtTerminal(question, signal, true)
    },
    pid: process.pid,
    get machineName() {
      return hostname()
    },
    modesMatter: process.platform !== 'win32',
    uid: process.getuid?.(),
    now: Date.now,
    messages,
    peakMemoryBytes: () => process.resourceUsage().maxRSS * 1_024,
    processorTime() {
      const { user, system } = process.cpuUsage()
      return { userMs: user / 1_000, systemMs: system / 1_000 }
    },
    signal,
    close() {
      if (stdinIsOpen) process.stdin.destroy()
    },
  }
}
