import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { endOf, startNode } from '../../bench/child.ts'
import type { Part } from '../part.ts'

/** The tests that feed damaged answers; paths are those of the project. */
const FOLDER = 'test/fuzz'
const VITEST = 'node_modules/vitest/vitest.mjs'

const ROUNDS = 100
const BOUND_MS = 4 * 3_600_000

export const ANSWERS: Part = {
  name: 'answers',
  promise: `Answers that are damaged at random, ${ROUNDS} times as many of them as in the usual tests: no crash, no hang, no wrong file with exit code 0.`,
  head: ['passed', 's'],
  atOnce: 1,
  obstacle: () => (existsSync(FOLDER) ? undefined : `there is no ${FOLDER}`),
  // The short selection stands in that folder itself.
  cases: (seeds, isShort) =>
    (isShort ? [] : seeds).map((seed) => ({
      name: `${ROUNDS} rounds, seed ${seed}`,
      async run() {
        const startedAt = performance.now()
        const env = { BX24_FUZZ_ROUNDS: String(ROUNDS), BX24_FUZZ_SEED: String(seed), NO_COLOR: '1' }
        const words = [resolve(VITEST), 'run', FOLDER]
        const child = startNode(words, process.cwd(), env, ['ignore', 'pipe', 'pipe'])
        let text = ''
        child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        const { code, stderr } = await endOf(child, BOUND_MS)
        const seconds = (performance.now() - startedAt) / 1000
        const passed = /Tests .*?(\d+) passed/.exec(text)?.[1] ?? '0'
        return {
          cells: [passed, seconds.toFixed(0)],
          faults: code === 0 ? [] : [`${text}${stderr}`.slice(-2000)],
        }
      },
    })),
}
