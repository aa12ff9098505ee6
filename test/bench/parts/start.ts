import { binWords, secondsOfNode } from '../child.ts'
import { loadedFaults, packagesLoadedBy } from '../loaded-packages.ts'
import { median, type Part, verdict } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { withFolder } from '../scratch.ts'
import { table } from '../table.ts'

const ROUNDS = 20
const MOST_FOR_VERSION = 1.8
const MOST_FOR_PAGE = 4
const ONE_PAGE = ['get-all', 'crm.deal.list', '--plan', 'box']

export const START: Part = {
  name: 'start',
  promise: `bx24 --version takes at most ${MOST_FOR_VERSION} times what an empty Node.js takes, get-all of one page in a pipe at most ${MOST_FOR_PAGE} times with its request, and it loads no interface package. NODE_EXTRA_CA_CERTS is not set.`,
  run: () =>
    withPortal({ rows: '40', plan: 'box' }, (portal) =>
      withFolder(async (home) => {
        const env = { BX24_WEBHOOK: portal.webhook }
        const commands = [
          { name: 'node -e 0', words: ['-e', '0'], most: undefined },
          { name: 'bx24 --version', words: binWords('--version'), most: MOST_FOR_VERSION },
          { name: 'bx24 --help', words: binWords('--help'), most: undefined },
          { name: 'bx24 get-all, one page', words: binWords(...ONE_PAGE), most: MOST_FOR_PAGE },
        ]
        const taken = commands.map((): number[] => [])
        // Once round after the other: what else the machine does falls on all of them. The first one warms up.
        for (let round = 0; round <= ROUNDS; round++) {
          for (const [index, { words }] of commands.entries()) {
            const seconds = await secondsOfNode(words, home, env)
            if (round > 0) taken[index]?.push(seconds)
          }
        }
        const floor = median(taken[0] ?? [])
        const failures: string[] = []
        const rows = commands.map(({ name, most }, index) => {
          const own = taken[index] ?? []
          const ratio = median(own) / floor
          // Not `>`: what could not be measured must not pass.
          const faults =
            most === undefined || ratio <= most ? [] : [`${ratio.toFixed(2)} times, ${most} promised`]
          failures.push(...faults.map((fault) => `${name}: ${fault}`))
          return [
            name,
            (median(own) * 1000).toFixed(1),
            (Math.min(...own) * 1000).toFixed(1),
            (Math.max(...own) * 1000).toFixed(1),
            ratio.toFixed(2),
            most === undefined ? '-' : verdict(faults),
          ]
        })
        const loaded = await packagesLoadedBy(ONE_PAGE, portal.webhook)
        const faults = loadedFaults(loaded)
        failures.push(...faults)
        const head = ['command', 'median ms', 'least ms', 'most ms', 'times node', 'verdict']
        const report = `${table(head, rows)}\n\nPackages that get-all loads in a pipe besides those in the program: ${loaded.join(', ') || 'none'}: ${verdict(faults)}`
        return { report, failures }
      }),
    ),
}
