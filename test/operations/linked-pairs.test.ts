import { expect, test } from 'vitest'
import type { FaultName } from '../../src/sandbox/faults.ts'
import { PASSING_WRITE_FAULTS, withChance, WRITE_FAULTS } from '../bench/fault-plan.ts'
import { executionsOf, fateFaults, type Executions, type Outcome, type SaidFate } from '../bench/fates.ts'
import { writtenField } from '../bench/write-log.ts'
import { codesOf, type CommandsRun, runCommands, type TestCommand } from '../support/commands.ts'

const PAIRS = 1000

/** A contact and a deal of it, again and again. */
const COMMANDS: readonly TestCommand[] = Array.from({ length: PAIRS }, (_, at) => [
  {
    id: `contact-${at}`,
    method: 'crm.contact.add',
    params: { fields: { NAME: `contact-${at}` } },
  },
  {
    id: `deal-${at}`,
    method: 'crm.deal.add',
    params: { fields: { TITLE: `deal-${at}`, CONTACT_ID: `$result[contact-${at}]` } },
  },
]).flat()

const KEYS = COMMANDS.map(({ id }) => id)

function runPairs(faults: readonly FaultName[], { seed = 3, percent = 5 } = {}): Promise<CommandsRun> {
  const settings = { seed: String(seed), fault: withChance(faults, percent) }
  return runCommands(COMMANDS, settings, { retries: 1000, maxWaitMs: 14_400_000 }, { retries: 1000 })
}

function executions({ writes }: CommandsRun): Executions {
  return executionsOf(writes, (write) => writtenField(write, write.entity === 'contact' ? 'NAME' : 'TITLE'))
}

function said({ items }: CommandsRun): SaidFate[] {
  return items.map(({ input, fate }) => ({
    key: input.id,
    outcome: (fate?.outcome ?? 'none') as Outcome,
    id: fate?.outcome === 'done' ? Number(fate.result.toString()) : undefined,
  }))
}

/** Deals that have another contact than the one that was made for them. */
function strayDeals(run: CommandsRun): string[] {
  const ids = executions(run)
  return run.writes
    .filter(({ entity }) => entity === 'deal')
    .filter((write) => {
      const [contact] = ids.get(writtenField(write, 'TITLE').replace('deal', 'contact')) ?? []
      return writtenField(write, 'CONTACT_ID') !== String(contact)
    })
    .map((write) => writtenField(write, 'TITLE'))
}

test('without trouble all pairs are done, fifty commands to a request', async () => {
  const run = await runPairs([])

  expect(run.error).toBeUndefined()
  expect(fateFaults(KEYS, said(run), executions(run))).toEqual([])
  expect(new Set(codesOf(run.items))).toEqual(new Set(['done']))
  expect(strayDeals(run)).toEqual([])
  expect(run.requests.length).toBe((2 * PAIRS) / 50)
})

const SURE = WRITE_FAULTS.filter((name) => name !== 'lost-command')

test.each(SURE)(
  '%s at 10 %: no deal with a wrong contact, no command twice',
  { timeout: 60_000 },
  async (fault) => {
    // There are forty requests: each fault shall strike some of them.
    const run = await runPairs([fault], { percent: 10 })

    expect(run.portal.stats.faults[fault]).toBeGreaterThan(0)
    expect(fateFaults(KEYS, said(run), executions(run))).toEqual([])
    expect(strayDeals(run)).toEqual([])
    expect(run.error !== undefined).toBe(fault === 'redirect' || fault === 'overload')
    if (fault === 'operating-limit' || fault === 'rate-limit')
      expect(new Set(codesOf(run.items))).toEqual(new Set(['done']))
  },
)

test.each([1, 2, 3])('all faults that pass at 5 %, seed %i', { timeout: 60_000 }, async (seed) => {
  const faults = PASSING_WRITE_FAULTS.filter((name) => name !== 'lost-command')
  const run = await runPairs(faults, { seed })

  expect(run.error).toBeUndefined()
  expect(fateFaults(KEYS, said(run), executions(run))).toEqual([])
  expect(strayDeals(run)).toEqual([])
  const outcomes = said(run).map(({ outcome }) => outcome)
  expect(new Set(outcomes)).toEqual(new Set(['done', 'refused', 'unknown']))
  expect(Object.keys(run.portal.stats.faults).length).toBeGreaterThan(faults.length / 2)
})

test('what waits for an answer is not in doubt when the request for that was repeated', async () => {
  // The contact is made twice, as is allowed; then the run ends before the deal is sent.
  const settings = { fault: ['lost-reply@1', 'overload@3'] }
  const { items } = await runCommands(COMMANDS.slice(0, 2), settings, { isIdempotent: true })

  expect(codesOf(items)).toEqual(['done', 'refused NOT_SENT'])
})

test('a deal whose contact is in no answer is not made', async () => {
  const run = await runPairs(['lost-command'])

  expect(fateFaults(KEYS, said(run), executions(run))).toEqual([])
  expect(strayDeals(run)).toEqual([])
  const codes = codesOf(run.items)
  expect(codes.filter((code) => code === 'refused DEPENDS_ON_REFUSED').length).toBeGreaterThan(20)
  expect(new Set(codes)).toEqual(new Set(['done', 'unknown NO_ANSWER', 'refused DEPENDS_ON_REFUSED']))
})
