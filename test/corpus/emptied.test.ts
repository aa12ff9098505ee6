import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { EXIT } from '../../src/errors.ts'
import { isRead } from '../../src/protocol/methods/reads.ts'
import { DOCUMENTED, type Documented, HAS_CORPUS, nameOf } from './corpus.ts'
import { exported, openCaller } from './export-list.ts'
import { DocumentedPortal } from './portal.ts'

/** Right of all that are documented, by nothing but what they answer. It may rise. */
const LEAST_RIGHT = 90

describe.skipIf(!HAS_CORPUS)('every documented answer of a method that nobody knows, over HTTP', () => {
  const portal = new DocumentedPortal(DOCUMENTED)
  let client: { caller: Caller; close: () => Promise<void> }
  const figures = { right: 0, incomplete: [] as string[], refused: [] as string[] }

  beforeAll(async () => {
    await portal.open()
    client = await openCaller(portal.webhook)
  })
  afterAll(async () => {
    await client.close()
    portal.close()
    const { right, incomplete, refused } = figures
    process.stdout.write(
      `${DOCUMENTED.length} documented answers with an empty table: ${right} right, ${incomplete.length} ended with 3, ${refused.length} refused, ${portal.requests} requests.\n`,
    )
    if (process.env['BX24_SHOW'] !== undefined)
      process.stdout.write([...incomplete, '', ...refused, ''].join('\n'))
  })

  test.each(DOCUMENTED.map((one) => [nameOf(one.entry), one] as const))(
    '%s',
    async (name, documented: Documented) => {
      const { rows, error } = await exported(client.caller, documented, () => undefined)
      if (error !== undefined) {
        expect([EXIT.usage, EXIT.failed, EXIT.partial]).toContain(error.exitCode)
        const list = error.exitCode === EXIT.partial ? figures.incomplete : figures.refused
        list.push(`${name}: ${error.code} ${error.message}`)
        return
      }
      const { method, api } = documented.entry
      const served = portal.list(method, api).rows.map((row) => JSON.stringify(row))
      expect(rows.toSorted()).toEqual(served.toSorted())
      expect(isRead(method)).toBe(true)
      figures.right++
    },
  )

  test(`at least ${LEAST_RIGHT} are right`, () => {
    expect(figures.right).toBeGreaterThanOrEqual(LEAST_RIGHT)
  })
})
