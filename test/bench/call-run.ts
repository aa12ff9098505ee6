import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { type ProcessRun, runBx24 } from './child.ts'
import { type Executions, executionsOf, fateFaults } from './fates.ts'
import { addWords, leadTitles, titlesIn, writeLeads } from './lead-input.ts'
import type { PortalProcess } from './portal-process.ts'
import { type ResultLine, resultLines } from './result-lines.ts'
import { withFolder } from './scratch.ts'
import { writtenField } from './write-log.ts'

/** Exit codes of a run that ended before its input did. */
const STOPPED = new Set([1, 4, 5])

export interface CallRequest {
  readonly count: number
  /** Words behind those that add the leads. */
  readonly words: readonly string[]
  readonly boundMs: number
}

/** A run that has added leads, and what the portal did meanwhile. */
export interface CallRun extends ProcessRun {
  readonly inputs: readonly string[]
  readonly said: readonly ResultLine[]
  /** Titles in the files of `--errors` and `--unknown`. */
  readonly handedBack: { readonly refused: readonly string[]; readonly unknown: readonly string[] }
  readonly executions: Executions
  readonly stats: SandboxStats
}

/** Adds leads to a portal that nobody else has used, to a pipe. */
export function addLeads(portal: PortalProcess, { count, words, boundMs }: CallRequest): Promise<CallRun> {
  return withFolder(async (folder) => {
    const inputs = leadTitles(count)
    const file = writeLeads(folder, inputs)
    const [refused, unknown] = [join(folder, 'refused.ndjson'), join(folder, 'unknown.ndjson')]
    const chunks: Buffer[] = []
    const run = await runBx24([...addWords(file), '--errors', refused, '--unknown', unknown, ...words], {
      webhook: portal.webhook,
      boundMs,
      onOutput: (chunk) => chunks.push(chunk),
    })
    return {
      ...run,
      inputs,
      said: resultLines(Buffer.concat(chunks).toString()),
      handedBack: { refused: handedBack(refused), unknown: handedBack(unknown) },
      executions: executionsOf(await portal.writes(), (write) => writtenField(write, 'TITLE')),
      stats: await portal.stats(),
    }
  })
}

function handedBack(file: string): string[] {
  return titlesIn(readFileSync(file, 'utf8'))
}

/** What is wrong with a run, in words: with its fates, with what it hands back, with how it ended. */
export function callFaults(run: CallRun): string[] {
  const { inputs, said, handedBack: files, executions } = run
  if (run.isTimedOut) return ['no end within its time']
  const faults = fateFaults(inputs, said, executions)
  const unnumbered = said.findIndex(({ line }, index) => line !== index + 1)
  if (unnumbered >= 0) faults.push(`line ${unnumbered + 1} has another number`)
  for (const outcome of ['refused', 'unknown'] as const) {
    const expected = said.filter((one) => one.outcome === outcome).map(({ key }) => key)
    if (files[outcome].join('\n') !== expected.join('\n'))
      faults.push(`other inputs handed back as ${outcome}`)
  }
  return [...faults, ...endFaults(run)]
}

function endFaults({ code, signal, stderr, said }: CallRun): string[] {
  const isAllDone = said.every(({ outcome }) => outcome === 'done')
  const isStopped = said.some((one) => one.code === 'NOT_SENT')
  const isHonest = isStopped ? STOPPED.has(code ?? -1) : code === (isAllDone ? 0 : 3)
  return [
    ...(isHonest ? [] : [`ended with ${code ?? signal ?? '?'}`]),
    ...(isAllDone || stderr !== '' ? [] : ['failed without a word']),
  ]
}
