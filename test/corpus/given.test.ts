import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { EXIT } from '../../src/errors.ts'
import { DOCUMENTED, type Documented, HAS_CORPUS, nameOf } from './corpus.ts'
import { type Reading, USUAL_READING } from './dialects.ts'
import { exported, openCaller } from './export-list.ts'
import { DocumentedPortal } from './portal.ts'

/** Lists that are refused, or end with an error that says what is missing; and why. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  // What it answers without them is a span of four months, and rows would be missing in silence.
  'calendar.event.get': /needs from/,
  'event.offline.get': /takes the events that it answers off the queue/,
  'im.v2.Event.get': /the portal drops them/,
  'imbot.v2.Event.get': /the portal drops them/,
  // The documented answer says itself that there is more behind it, which no parameter reaches.
  'imbot.v2.Chat.Message.getContext': /no more, so it cannot be shown/,
}

/** Nobody says whether these filter by `>ID`. Where they do not, that shows. */
const NOT_RISING = {
  'lists.element.get': /does not answer in ascending ID/,
  'tasks.api.scrum.sprint.list': /does not answer in ascending ID/,
}

const MOST_REFUSED = 12

const READINGS: readonly (readonly [string, Partial<Reading>, Readonly<Record<string, RegExp>>])[] = [
  ['as a rule', {}, { ...REFUSED, ...NOT_RISING }],
  [
    'where no page names the next one unless that is shown',
    { next: 'as shown' },
    { ...REFUSED, ...NOT_RISING },
  ],
  ['where filters compare ids unless that is denied', { idRange: 'kept to' }, REFUSED],
]

describe.skipIf(!HAS_CORPUS).each(READINGS)(
  'every documented answer, over HTTP, %s',
  (words, reading, refused) => {
    const portal = new DocumentedPortal(DOCUMENTED, { ...USUAL_READING, ...reading })
    let client: { caller: Caller; close: () => Promise<void> }
    const figures = { right: 0, refused: [] as string[] }

    beforeAll(async () => {
      await portal.open()
      client = await openCaller(portal.webhook)
    })
    afterAll(async () => {
      await client.close()
      portal.close()
      process.stdout.write(
        `${DOCUMENTED.length} documented answers, ${words}: ${figures.right} right, ${figures.refused.length} refused, ${portal.requests} requests.\n${figures.refused.join('\n')}\n`,
      )
    })

    test.each(DOCUMENTED.map((one) => [nameOf(one.entry), one] as const))(
      '%s',
      async (name, documented: Documented) => {
        const { rows, error } = await exported(client.caller, documented)
        const served = servedRows(portal, documented)
        if (error !== undefined) {
          figures.refused.push(`${name}: ${error.message}`)
          expect(error.exitCode).not.toBe(EXIT.ok)
          expect(error.message).toMatch(refused[name] ?? /no reason is known/)
          return
        }
        expect(refused[name]).toBeUndefined()
        expect(rows.toSorted()).toEqual(served)
        figures.right++
      },
    )

    test(`no more than ${MOST_REFUSED} are refused`, () => {
      expect(Object.keys(refused).length).toBeLessThanOrEqual(MOST_REFUSED)
    })
  },
)

describe.skipIf(!HAS_CORPUS)('lists without a word about pages', () => {
  const SILENT = DOCUMENTED.filter(({ entry }) => entry.pagination_style === 'none' && entry.api === 'v2')
  const portal = new DocumentedPortal(DOCUMENTED, { ...USUAL_READING, silent: 'paged' })
  let client: { caller: Caller; close: () => Promise<void> }

  beforeAll(async () => {
    await portal.open()
    client = await openCaller(portal.webhook)
  })
  afterAll(async () => {
    await client.close()
    portal.close()
  })

  test.each(SILENT.map((one) => [nameOf(one.entry), one] as const))(
    'are never taken to be whole where they come by pages all the same: %s',
    async (_, documented: Documented) => {
      const { rows, error } = await exported(client.caller, documented)
      const served = servedRows(portal, documented)
      if (rows.length < served.length) expect(error?.exitCode).toBeGreaterThan(EXIT.ok)
      else expect(rows.toSorted()).toEqual(served)
    },
  )
})

function servedRows(portal: DocumentedPortal, { entry }: Documented): string[] {
  return portal
    .list(entry.method, entry.api)
    .rows.map((row) => JSON.stringify(row))
    .toSorted()
}
