import { verdict } from '../bench/part.ts'
import { sideBySide } from '../bench/side-by-side.ts'
import { table } from '../bench/table.ts'
import { readWish, TortureUsageError, type Wish } from './arguments.ts'
import type { Case, CaseResult, Part } from './part.ts'
import { PARTS } from './parts.ts'

/**
 * Does to the product what happens to it in life, and prints what became of the rows: all parts, or those that are named.
 * Resolves to the exit code: 1 if something does not hold, 2 for words that make no sense.
 */
export async function main(words: readonly string[]): Promise<number> {
  let wish: Wish
  try {
    wish = readWish(
      words,
      PARTS.map(({ name }) => name),
    )
  } catch (error: unknown) {
    if (!(error instanceof TortureUsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const failures: string[] = []
  for (const part of PARTS) {
    if (wish.parts.length > 0 && !wish.parts.includes(part.name)) continue
    failures.push(...(await tortured(part, wish)))
  }
  print(`\n${failures.length === 0 ? 'All promises hold.' : failures.join('\n')}`)
  return failures.length === 0 ? 0 : 1
}

/** Runs the cases of a part and prints their table; what is wrong, each with the words that repeat it. */
async function tortured(part: Part, { only, seeds, isShort }: Wish): Promise<string[]> {
  const obstacle = part.obstacle?.()
  print(`\n## ${part.name}\n\n${part.promise}\n`)
  if (obstacle !== undefined) {
    print(`Skipped: ${obstacle}.`)
    return []
  }
  const cases = part.cases(seeds, isShort).filter(({ name }) => name.includes(only))
  const startedAt = performance.now()
  const tasks = cases.map((one) => async (): Promise<CaseResult> => {
    const result = await resultOf(one)
    process.stderr.write(`  ${[one.name, ...result.cells, verdict(result.faults)].join('  ')}\n`)
    return result
  })
  const results = await sideBySide(tasks, part.atOnce)
  const rows = results.map(({ cells, faults }, index) => [
    cases[index]?.name ?? '',
    ...Array.from(part.head, (_, column) => cells[column] ?? '-'),
    verdict(faults),
  ])
  print(table(['case', ...part.head, 'verdict'], rows))
  const summary = only === '' && results.length > 0 ? part.summary?.(results) : undefined
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  print(`\n${summary === undefined ? '' : `${summary.text}\n`}${cases.length} cases in ${seconds} s.`)
  const short = isShort ? ' --short' : ''
  return [
    ...results.flatMap(({ faults }, index) => {
      const name = cases[index]?.name ?? ''
      const words = `npm run torture -- ${part.name} --seed ${seeds[0]} --seeds ${seeds.length}${short} --only '${name}'`
      return faults.length === 0
        ? []
        : [`FAILED ${part.name}: ${name}: ${faults.join('; ')}\n  again: ${words}`]
    }),
    ...(summary?.faults ?? []).map((fault) => `FAILED ${part.name}: ${fault}`),
  ]
}

async function resultOf({ run }: Case): Promise<CaseResult> {
  try {
    return await run()
  } catch (error: unknown) {
    return { cells: [], faults: [`it could not be run: ${String(error)}`] }
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
