import { describe, expect, test } from 'vitest'
import { compare, portalWith, type SandboxList, SANDBOX_LISTS } from './sandbox-lists.ts'

/** Rows in other forms than the portal tells of them; `every-list.test.ts` compares them. */
const OTHER_FORMS = new Set(['lists.field.type.get', 'voximplant.tts.voices.get', 'note.document.tree.list'])
const LISTS = SANDBOX_LISTS.filter(({ name }) => !OTHER_FORMS.has(name))

/** What portals do that nobody has measured, and what makes a client believe that it has all rows. */
const TRAPS: readonly (readonly string[])[] = [
  ['short-pages=yes'],
  ['totals=zero'],
  ['totals=minus-one'],
  ['totals=absent'],
  ['past-end=last'],
  ['past-end=first'],
  ['id-ranges=ignored'],
  ['id-type=text'],
  ['undocumented-paging=start'],
  ['cut-start=ends'],
  ['odd-rows=yes'],
  ['short-pages=yes', 'totals=zero', 'past-end=last'],
  ['short-pages=yes', 'totals=absent', 'past-end=first', 'id-ranges=ignored'],
  ['totals=absent', 'undocumented-paging=start', 'odd-rows=yes'],
]

/** What the portal hides of overlapping pages it may show on the next one. */
function isRight({ name }: SandboxList, rows: readonly string[], truth: readonly string[]): boolean {
  if (name !== 'im.recent.list') return JSON.stringify(rows) === JSON.stringify(truth)
  const found = new Set(rows)
  return found.size === rows.length && truth.every((row) => found.has(row))
}

describe.each([
  ['as the table has them', undefined],
  ['of which nothing is known', (): undefined => undefined],
])('lists %s are complete, or end with an error', (known, find) => {
  test.each([[], ...TRAPS].map((trap) => [trap.join(', ') || 'no trap', trap] as const))(
    '%s',
    async (name, trap) => {
      const portal = portalWith(trap)
      const wrong: string[] = []
      const ended: string[] = []
      let right = 0
      for (const list of LISTS) {
        const { rows, truth, error } = await compare(portal, list, find)
        if (error !== undefined) ended.push(`${list.name} ${list.api}: ${error.code} ${error.message}`)
        else if (isRight(list, rows, truth)) right++
        else wrong.push(`${list.name} ${list.api}: ${rows.length} of ${truth.length}`)
      }
      process.stdout.write(
        `lists ${known}, ${name}: ${right} right, ${ended.length} ended with an error, ${wrong.length} wrong\n`,
      )
      expect(wrong).toEqual([])
      expect(right).toBeGreaterThan(find === undefined ? 30 : 10)
    },
    60_000,
  )
})
