import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { type ProcessRun, runBx24 } from './child.ts'
import type { PortalProcess } from './portal-process.ts'

/** The shape of a result line up to its result; the sandbox writes the id of a row first. */
const DONE = /^\{"line":(\d+),"id":"?(\d+)"?,"ok":true,"outcome":"done","result":(.*)\}$/s

export interface ByIdRequest {
  /** Words behind `get-by-id`: the method and its parameters, and settings. */
  readonly words: readonly string[]
  readonly ids: readonly number[]
  /** What is wrong with an answer for this id, whose place among the ids is `at`; `undefined` if nothing is. */
  readonly check: (result: string, id: number, at: number) => string | undefined
  /** Most MB that V8 may use for what has lived for a while; `undefined`: as much as it likes. */
  readonly heapMb?: number | undefined
  readonly boundMs: number
}

/** A run that has asked for ids from a pipe, to a pipe. */
export interface ByIdRun extends ProcessRun {
  readonly lines: number
  readonly stats: SandboxStats
  /** What is wrong, in words; empty if nothing is. */
  readonly faults: readonly string[]
}

/** Asks for ids, of which each has to be answered, in order. */
export async function getByIds(
  portal: PortalProcess,
  { words, ids, check, heapMb, boundMs }: ByIdRequest,
): Promise<ByIdRun> {
  const wrong: string[] = []
  let at = 0
  let rest = ''
  const take = (line: string): void => {
    const [, number, id, result = ''] = DONE.exec(line) ?? []
    const isNext = Number(number) === at + 1 && Number(id) === ids[at]
    const fault = isNext
      ? check(result, Number(id), at)
      : `is not the answer for ${ids[at] ?? 'anything'}: ${line.slice(0, 200)}`
    if (fault !== undefined && wrong.length < 3) wrong.push(`line ${at + 1} ${fault}`)
    at++
  }
  const run = await runBx24(['get-by-id', ...words], {
    webhook: portal.webhook,
    boundMs,
    input: linesOf(ids),
    ...(heapMb === undefined ? {} : { env: { NODE_OPTIONS: `--max-old-space-size=${heapMb}` } }),
    onOutput(chunk) {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(take)
    },
  })
  const faults = [
    ...(run.isTimedOut ? ['no end within its time'] : []),
    ...(run.code === 0 ? [] : [`ended with ${run.code ?? run.signal ?? '?'}: ${run.stderr.slice(0, 300)}`]),
    ...(at === ids.length ? [] : [`${at} lines for ${ids.length} ids`]),
    ...(rest === '' ? [] : ['the last line is cut off']),
    ...wrong,
  ]
  return { ...run, lines: at, stats: await portal.stats(), faults }
}

function* linesOf(ids: readonly number[]): Generator<string> {
  const step = 1000
  for (let from = 0; from < ids.length; from += step) {
    yield `${ids.slice(from, from + step).join('\n')}\n`
  }
}
