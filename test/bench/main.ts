import { writeFileSync } from 'node:fs'
import { machineFacts } from './machine.ts'
import type { Part } from './part.ts'
import { BY_ID } from './parts/by-id.ts'
import { BY_ID_FAULTS } from './parts/by-id-faults.ts'
import { CALL_FAULTS } from './parts/call-faults.ts'
import { CALL_KILLS } from './parts/call-kills.ts'
import { FAULTS_PART } from './parts/faults.ts'
import { MEMORY } from './parts/memory.ts'
import { SAME } from './parts/same.ts'
import { START } from './parts/start.ts'
import { TEXT } from './parts/text.ts'
import { WALK } from './parts/walk.ts'
import { WRITERS } from './parts/writers.ts'

const PARTS: readonly Part[] = [
  START,
  TEXT,
  WALK,
  MEMORY,
  SAME,
  WRITERS,
  FAULTS_PART,
  CALL_FAULTS,
  CALL_KILLS,
  BY_ID,
  BY_ID_FAULTS,
]
const RESULTS = 'test/bench/results.md'

/**
 * Measures what the release promises: all of it, or the parts that are named. A full run writes `results.md`, with
 * `pretty` to lay out its Markdown. Resolves to the exit code: 1 if a promise does not hold, 2 for an unknown name.
 */
export async function main(
  names: readonly string[],
  pretty: (markdown: string) => Promise<string>,
): Promise<number> {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name))
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown: ${unknown.join(', ')}; parts are ${PARTS.map(({ name }) => name).join(', ')}\n`,
    )
    return 2
  }
  const sections = [machineFacts()]
  const failures: string[] = []
  print(machineFacts())
  for (const part of PARTS) {
    if (names.length > 0 && !names.includes(part.name)) continue
    const section = await measured(part, failures)
    print(`\n${section}`)
    sections.push(section)
  }
  const end =
    failures.length === 0 ? 'All promises hold.' : failures.map((one) => `- FAILED ${one}`).join('\n')
  print(`\n${end}`)
  if (names.length === 0) writeFileSync(RESULTS, await pretty(results([...sections, '## Verdict', end])))
  return failures.length === 0 ? 0 : 1
}

async function measured(part: Part, failures: string[]): Promise<string> {
  const startedAt = performance.now()
  process.stderr.write(`${part.name} …\n`)
  let report: string
  try {
    const result = await part.run((text) => process.stderr.write(`  ${text}\n`))
    report = result.report
    failures.push(...result.failures.map((failure) => `${part.name}: ${failure}`))
  } catch (error: unknown) {
    report = `FAILED: ${String(error)}`
    failures.push(`${part.name}: ${String(error)}`)
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  return `## ${part.name}\n\n${part.promise}\n\n${report}\n\nMeasured in ${seconds} s.`
}

function results(sections: readonly string[]): string {
  const today = new Date().toISOString().slice(0, 10)
  const head = `# What the release promises, measured\n\nWritten by \`npm run bench\` on ${today}; not to be edited.`
  return [head, ...sections].join('\n\n')
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
