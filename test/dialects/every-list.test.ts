import { describe, expect, test } from 'vitest'
import { compare, portalWith, SANDBOX_LISTS } from './sandbox-lists.ts'

const FIRST_PAGE = /gives its first \d+ rows and no more/

/** Lists that cannot be shown to be complete, and how they say so. */
const INCOMPLETE: Readonly<Record<string, RegExp>> = {
  // Three groups of twenty, which is the most that each of them has.
  'crm.duplicate.findbycomm v2': FIRST_PAGE,
  'imbot.v2.Chat.User.list v2': FIRST_PAGE,
  'ai.engine.list v2': FIRST_PAGE,
  'humanresources.node.search v3': FIRST_PAGE,
  'mail.message.thread v3': FIRST_PAGE,
  'note.document.search.list v3': FIRST_PAGE,
  // It has no pages that anybody knows of, and as many rows as some page may have.
  'imopenlines.session.history.get v2': /110 rows, as many as a page may have/,
}

/** What the portal tells of its rows where they are printed in another form: codes with their names, and a tree. */
const OTHER_FORMS: Readonly<Record<string, (row: unknown) => unknown>> = {
  'lists.field.type.get v2': (row) => (row as { value: unknown }).value,
  'voximplant.tts.voices.get v2': (row) => (row as { value: unknown }).value,
}

interface Node {
  readonly id: number
  readonly children?: readonly Node[]
}

describe('every list of the sandbox is read to its end, over several pages', () => {
  const portal = portalWith([])

  test.each(SANDBOX_LISTS.map((list) => [`${list.name} ${list.api}`, list] as const))(
    '%s',
    async (name, list) => {
      const { rows, truth, error } = await compare(portal, list)
      const reason = INCOMPLETE[name]
      if (reason !== undefined) {
        expect(error?.message).toMatch(reason)
        expect(error?.exitCode).toBe(3)
        return
      }
      expect(error).toBeUndefined()
      if (list.name === 'note.document.tree.list') {
        expect(rows.flatMap((row) => flat(JSON.parse(row) as Node)).toSorted()).toEqual(
          truth.map((row) => (JSON.parse(row) as Node).id).toSorted(),
        )
        return
      }
      const form = OTHER_FORMS[name]
      const expected = form === undefined ? truth : truth.map((row) => JSON.stringify(form(JSON.parse(row))))
      expect(rows).toEqual(expected.toSorted())
    },
  )
})

function flat({ id, children = [] }: Node): number[] {
  return [id, ...children.flatMap(flat)]
}
