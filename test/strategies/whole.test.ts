import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { IncompleteError } from '../../src/errors.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { ListMethod, Paging } from '../../src/protocol/methods/list-method.ts'
import { listMethod, unknownListMethod } from '../../src/protocol/methods/table.ts'
import type { Command } from '../../src/protocol/types.ts'
import { walkWhole } from '../../src/strategies/whole.ts'

interface Served {
  readonly result: unknown
  readonly total?: number
  readonly next?: number
}

/** The rows that a method answers at once, from a portal that answers these one after the other. */
async function whole(
  paging: Paging,
  answers: readonly Served[],
  more: Partial<ListMethod> = {},
): Promise<{ rows: number; asked: Command[]; end: string | undefined; error: unknown }> {
  const known = listMethod('scope') ?? unknownListMethod('scope')
  const asked: Command[] = []
  const left = [...answers]
  const caller = {
    call(command: Command) {
      asked.push(command)
      const { result, ...others } = left.shift() ?? { result: null }
      return Promise.resolve({
        result: JsonText.of(Buffer.from(JSON.stringify(result))),
        time: {},
        ...others,
      })
    },
  } as unknown as Caller
  const query = {
    method: { ...known, paging, ...more },
    params: {},
    range: { after: undefined, upTo: undefined },
  }
  const { signal } = new AbortController()
  let rows = 0
  let end: string | undefined
  const options = { signal, batchSize: 50, concurrency: 1, rowsWanted: Infinity }
  try {
    const onEnd = ({ by }: { by: string }): void => void (end = by)
    for await (const page of walkWhole(caller, query, { ...options, onEnd })) rows += page.rows.length
    return { rows, asked, end, error: undefined }
  } catch (error) {
    return { rows, asked, end, error }
  }
}

const WHOLE: Paging = { by: 'whole' }
const PRESUMED: Paging = { by: 'whole', isPresumed: true }

function some(rows: number, from = 0): number[] {
  return Array.from({ length: rows }, (_, index) => from + index)
}

describe('a list that is answered at once', () => {
  test.each([0, 1, 30, 49, 51, 100, 700])('is complete with %i rows, if the table knows it', async (rows) => {
    expect(await whole(WHOLE, [{ result: some(rows) }])).toMatchObject({
      rows,
      end: 'method',
      error: undefined,
    })
  })

  test.each([1, 7, 24, 117])('is complete with %i rows, which is no number that pages have', async (rows) => {
    const { error, asked } = await whole(PRESUMED, [{ result: some(rows) }])
    expect(error).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  test.each([10, 20, 25, 50, 100])(
    'is not believed where that is only presumed and %i rows come',
    async (rows) => {
      const same = { result: some(rows) }
      expect((await whole(PRESUMED, [same, same])).error).toBeInstanceOf(IncompleteError)
      expect((await whole(PRESUMED, [same, { result: some(rows, rows) }])).error).toBeInstanceOf(
        IncompleteError,
      )
      const { asked, error } = await whole(PRESUMED, [same, { result: [] }])
      expect(asked[1]?.params).toEqual({ start: String(rows) })
      expect(error).toBeUndefined()
    },
  )

  test('with as many rows as a page of start has is looked behind', async () => {
    const page = { result: some(50) }
    expect((await whole(WHOLE, [page, page])).error).toBeUndefined()
    expect((await whole(WHOLE, [page, { result: [] }])).error).toBeUndefined()
    expect((await whole(WHOLE, [page, { result: some(3, 50) }])).error).toBeInstanceOf(IncompleteError)
    expect((await whole(WHOLE, [page], { positions: ['ID'] })).error).toBeInstanceOf(IncompleteError)
  })

  test('says itself if there is more, by a count, a next page, or a mark', async () => {
    const marked: Paging = { by: 'whole', more: { at: ['truncated'], isMoreIf: true } }
    const inItems = { rows: { at: ['items'], form: 'array' } } as const
    expect((await whole(WHOLE, [{ result: [1], total: 2 }])).error).toBeInstanceOf(IncompleteError)
    expect((await whole(WHOLE, [{ result: [1], next: 1 }])).error).toBeInstanceOf(IncompleteError)
    const cut = { result: { items: [1], truncated: true } }
    expect((await whole(marked, [cut], inItems)).error).toBeInstanceOf(IncompleteError)
    const uncut = { result: { items: some(50), truncated: false } }
    expect((await whole(marked, [uncut], inItems)).error).toBeUndefined()
  })

  test('is believed to be as many as it counts, unless its count is known to be wrong', async () => {
    expect(await whole(PRESUMED, [{ result: some(50), total: 50 }])).toMatchObject({ error: undefined })
    expect((await whole(WHOLE, [{ result: [1], total: 0 }], { hasFalseTotal: true })).error).toBeUndefined()
    expect((await whole(WHOLE, [{ result: [1], total: 9 }], { hasFalseTotal: true })).error).toBeUndefined()
  })
})
