import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { EXIT } from '../../src/errors.ts'
import { DOCUMENTED, type Documented, HAS_CORPUS, nameOf } from './corpus.ts'
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
  // Nobody says whether these filter by `>ID`; here they do not, and that shows.
  'lists.element.get': /does not answer in ascending ID/,
  'tasks.api.scrum.sprint.list': /does not answer in ascending ID/,
}
const MOST_REFUSED = 12

describe.skipIf(!HAS_CORPUS)('every documented answer, over HTTP', () => {
  const portal = new DocumentedPortal(DOCUMENTED)
  let client: { caller: Caller; close: () => Promise<void> }
  const figures = { right: 0, refused: [] as string[] }

  beforeAll(async () => {
    await portal.open()
    client = await openCaller(portal.webhook)
  })
  afterAll(async () => {
    await client.close()
    portal.close()
    console.log(
      `${DOCUMENTED.length} documented answers: ${figures.right} right, ${figures.refused.length} refused, ${portal.requests} requests.\n${figures.refused.join('\n')}`,
    )
  })

  test.each(DOCUMENTED.map((one) => [nameOf(one.entry), one] as const))(
    '%s',
    async (name, documented: Documented) => {
      const { rows, error } = await exported(client.caller, documented)
      const served = portal
        .list(documented.entry.method, documented.entry.api)
        .rows.map((row) => JSON.stringify(row))
      const reason = REFUSED[name]
      if (error !== undefined) {
        figures.refused.push(`${name}: ${error.message}`)
        expect(error.exitCode).not.toBe(EXIT.ok)
        expect(error.message).toMatch(reason ?? /no reason is known/)
        return
      }
      expect(reason).toBeUndefined()
      expect(rows.toSorted()).toEqual(served.toSorted())
      figures.right++
    },
  )

  test(`no more than ${MOST_REFUSED} are refused`, () => {
    expect(Object.keys(REFUSED).length).toBeLessThanOrEqual(MOST_REFUSED)
  })
})
