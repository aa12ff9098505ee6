import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { tempFolder } from './temp-folder.ts'

const BIN = fileURLToPath(new URL('../../bin/bx24.cjs', import.meta.url))

export interface PtyOptions {
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** Sends Ctrl-C as soon as the screen has shown this. */
  readonly interruptAt?: RegExp
  /** Types this once the screen has shown `at`: an answer with its Enter, or a control character. */
  readonly type?: { readonly at: RegExp; readonly keys: string }
  /** Words behind `bx24 …` in the shell, such as `> rows` or `| wc -l`. */
  readonly behind?: string
  readonly cwd?: string
}

export interface PtyRun {
  /** Everything that was sent to the terminal, escape sequences included. */
  readonly raw: string
  /** Each state of a line that somebody could see, without escape sequences. */
  readonly lines: readonly string[]
  readonly cwd: string
}

/** Runs the built program as somebody at a terminal does, in a pseudo-terminal of so many columns. */
export async function runInTerminal(
  words: string,
  { columns = 80, env = {}, interruptAt, type, behind = '', cwd = tempFolder() }: PtyOptions = {},
): Promise<PtyRun> {
  const command = `stty cols ${columns} rows 24; ${process.execPath} ${BIN} ${words} ${behind}; echo "exit $?"`
  const child = spawn('script', ['-qec', `bash -c ${quoted(command)}`, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, TERM: 'xterm', LANG: 'C.UTF-8', ...env },
  })
  let raw = ''
  const waiting = [...(interruptAt === undefined ? [] : [{ at: interruptAt, keys: '\u0003' }])]
  if (type !== undefined) waiting.push(type)
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk
    const typed = waiting.findIndex(({ at }) => at.test(raw))
    const [next] = typed === -1 ? [] : waiting.splice(typed, 1)
    if (next !== undefined) child.stdin.write(next.keys)
  })
  await new Promise((resolve) => child.once('close', resolve))
  return { raw, lines: linesOf(raw), cwd }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A redrawn line is one for each time that it is drawn. */
function linesOf(raw: string): string[] {
  return raw
    .split(/[\r\n]|\u001b\[1G|\u001b\[[012]?K/)
    .map((line) => line.replace(/\u001b(?:\[[0-9;?]*[A-Za-z]|[78])/g, ''))
    .filter((line) => line.trim() !== '')
}
