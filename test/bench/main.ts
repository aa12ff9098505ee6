import { writeFileSync } from 'node:fs'
import { BenchUsageError, readWish, type Wish } from './arguments.ts'
import { machineFacts, productVersion } from './machine.ts'
import { pageOf, printed } from './page.ts'
import type { Part, PartOptions } from './part.ts'
import { BY_ID } from './parts/by-id.ts'
import { BY_ID_FAULTS } from './parts/by-id-faults.ts'
import { CALL_FAULTS } from './parts/call-faults.ts'
import { CALL_KILLS } from './parts/call-kills.ts'
import { MEMORY } from './parts/memory.ts'
import { ORDER } from './parts/order.ts'
import { SAME } from './parts/same.ts'
import { SHARE } from './parts/share.ts'
import { SPEED } from './parts/speed.ts'
import { SPEED_VIRTUAL } from './parts/speed-virtual.ts'
import { START } from './parts/start.ts'
import { TEXT } from './parts/text.ts'
import { WALK } from './parts/walk.ts'
import { readResults, type SavedResult, saveResult } from './saved-results.ts'

const PARTS: readonly Part[] = [
  SPEED,
  SPEED_VIRTUAL,
  ORDER,
  SHARE,
  MEMORY,
  START,
  TEXT,
  WALK,
  SAME,
  CALL_FAULTS,
  CALL_KILLS,
  BY_ID,
  BY_ID_FAULTS,
]
const RESULTS = 'test/bench/results'
const PAGE = 'docs/benchmarks.md'

/** Lays out what a file with this name is to hold, as the formatter wants it. */
export type Pretty = (text: string, file: string) => Promise<string>

/**
 * Measures what is promised: all of it, or the parts that are named. Resolves to the exit code: 1 if a promise does not
 * hold, 2 for words that make no sense.
 */
export async function main(words: readonly string[], pretty: Pretty): Promise<number> {
  let wish: Wish
  try {
    wish = readWish(words, PARTS)
  } catch (error: unknown) {
    if (!(error instanceof BenchUsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const results: SavedResult[] = []
  for (const part of wish.parts) {
    const result = await measured(part, wish)
    print(`\n${printed(result)}`)
    results.push(result)
    // At once: a run of hours that is broken off keeps what it has.
    if (wish.isWritten) await saveResult(RESULTS, result, (json) => pretty(json, 'result.json'))
  }
  if (wish.isWritten) {
    const all = readResults(
      RESULTS,
      PARTS.map(({ name }) => name),
    )
    writeFileSync(PAGE, await pretty(pageOf(PARTS, all), PAGE))
  }
  const failures = results.flatMap(({ part, failures }) => failures.map((one) => `FAILED ${part}: ${one}`))
  if (results.length > 0) print(`\n${failures.length === 0 ? 'All promises hold.' : failures.join('\n')}`)
  return failures.length === 0 ? 0 : 1
}

async function measured(part: Part, options: PartOptions): Promise<SavedResult> {
  const machine = machineFacts()
  const startedAt = performance.now()
  const outcome = await resultOf(part, options)
  return {
    part: part.name,
    date: new Date().toISOString().slice(0, 10),
    version: productVersion(),
    machine,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    promise: part.promise,
    report: outcome.report.split('\n'),
    failures: outcome.failures,
  }
}

async function resultOf(
  part: Part,
  options: PartOptions,
): Promise<{ report: string; failures: readonly string[] }> {
  process.stderr.write(`${part.name} …\n`)
  try {
    return await part.run((text) => process.stderr.write(`  ${text}\n`), options)
  } catch (error: unknown) {
    return { report: 'It could not be measured.', failures: [String(error)] }
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
