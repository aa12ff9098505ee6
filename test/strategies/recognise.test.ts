import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Command, Params, Reply } from '../../src/protocol/types.ts'
import { walk, type WalkedList } from '../support/walk.ts'

interface Row {
  readonly [name: string]: unknown
}
interface Answer {
  readonly result: unknown
  readonly total?: number
  readonly next?: number
}
type Answering = (params: Params) => Answer

/** A portal with one list, and how often it was asked. */
function portal(answer: Answering): { caller: Caller; asked: Command[] } {
  const asked: Command[] = []
  const reply = (command: Command): Reply => {
    asked.push(command)
    const { result, ...others } = answer(command.params)
    return { ...others, result: JsonText.of(Buffer.from(JSON.stringify(result))), time: {} }
  }
  const caller: Caller = {
    call: (command) => Promise.resolve(reply(command)),
    batch: (commands) =>
      Promise.resolve({
        outcomes: commands.map((command) => ({ kind: 'done' as const, reply: reply(command) })),
        time: {},
      }),
  }
  return { caller, asked }
}

function rows(count: number, id = 'ID'): Row[] {
  return Array.from({ length: count }, (_, at) => ({ [id]: String(3 * at + 1), NAME: `row ${at}` }))
}

/** Filter and order by id, as far as the list honours them. */
function chosen(all: readonly Row[], params: Params, field: string, id = field, drops = false): Row[] {
  const filter = (params['filter'] ?? {}) as Record<string, string>
  const order = (params['order'] ?? {}) as Record<string, string>
  const [after, upTo] = [filter[`>${field}`], filter[`<=${field}`]]
  const kept = all.filter(
    (row) =>
      drops ||
      ((after === undefined || Number(row[id]) > Number(after)) &&
        (upTo === undefined || Number(row[id]) <= Number(upTo))),
  )
  return order[field] === 'DESC' ? kept.toReversed() : kept
}

/** Pages by `start`, with `total` and `next` unless it is -1. */
function paged(all: readonly Row[], params: Params, at = 'things'): Answer {
  const start = Number(params['start'] ?? 0)
  const page = all.slice(Math.max(start, 0), Math.max(start, 0) + 50)
  if (start < 0) return { result: { [at]: page } }
  const next = start + 50 < all.length ? { next: start + 50 } : {}
  return { result: { [at]: page }, total: all.length, ...next }
}

async function walked(answer: Answering): Promise<WalkedList & { error?: Error; requests: Command[] }> {
  const { caller, asked } = portal(answer)
  const list: WalkedList = { ids: [], rows: [] }
  const error = await walk(caller, 'some.thing.list', { list }).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  )
  return { ...list, requests: asked, ...(error === undefined ? {} : { error }) }
}

describe('a list that the table does not know', () => {
  test('is walked by id where filter and order are honoured', async () => {
    const {
      shape,
      error,
      rows: found,
    } = await walked((params) => paged(chosen(rows(320), params, 'ID'), params))
    expect(error).toBeUndefined()
    expect(shape).toBe('--rows-at things --row-id ID --paging keyset')
    expect(found).toHaveLength(320)
  })

  test('may call its id otherwise in the filter than in its rows', async () => {
    const all = rows(120, 'id')
    const { shape, rows: found } = await walked((params) => paged(chosen(all, params, 'ID', 'id'), params))
    expect(shape).toBe('--rows-at things --row-id id=ID --paging keyset')
    expect(found).toHaveLength(120)
  })

  test.each<[string, (all: readonly Row[], params: Params) => readonly Row[]]>([
    ['drops the filter without a word', (all, params) => chosen(all, params, 'ID', 'ID', true)],
    ['answers nothing to a filter that it does not know', (all, params) => ('filter' in params ? [] : all)],
    [
      'takes the bound for the id itself',
      (all, params) => {
        const bound = (params['filter'] as Record<string, string> | undefined)?.['>ID']
        return bound === undefined ? chosen(all, params, 'ID') : all.filter(({ ID }) => ID === bound)
      },
    ],
    [
      'knows a lower bound only',
      (all, params) => {
        const filter = params['filter'] as Record<string, string> | undefined
        return filter !== undefined && '<=ID' in filter ? [] : chosen(all, params, 'ID')
      },
    ],
    [
      'compares ids as texts',
      (all, params) => {
        const bound = (params['filter'] as Record<string, string> | undefined)?.['>ID']
        return chosen(all, { order: params['order'] ?? {} }, 'ID').filter(
          ({ ID }) => bound === undefined || String(ID) > bound,
        )
      },
    ],
    ['passes over the order', (all, params) => chosen(all, { filter: params['filter'] ?? {} }, 'ID')],
  ])('is walked by start if it %s', async (_, choose) => {
    const { shape, error, rows: found } = await walked((params) => paged(choose(rows(320), params), params))
    expect(error).toBeUndefined()
    expect(shape).toContain('--paging start')
    expect(new Set(found).size).toBe(320)
  })

  test.each<[string, Answering, string]>([
    [
      'offset and limit',
      ({ offset = 0, limit = 20 }) => ({
        result: rows(130).slice(Number(offset), Number(offset) + Math.min(Number(limit), 30)),
      }),
      'offset:offset,limit,50',
    ],
    [
      'OFFSET and LIMIT, and counts its rows',
      ({ OFFSET = 0, LIMIT = 10 }) => ({
        result: rows(130).slice(Number(OFFSET), Number(OFFSET) + Number(LIMIT)),
        total: 130,
      }),
      'offset:OFFSET,LIMIT,50',
    ],
    [
      'page',
      ({ page = 1 }) => ({ result: rows(130).slice(50 * (Number(page) - 1), 50 * Number(page)) }),
      'page:page,50',
    ],
    [
      'start, and counts nothing',
      ({ start = 0 }) => ({ result: rows(130).slice(Number(start), Number(start) + 50) }),
      'offset:start,50',
    ],
    [
      'start, whose pages have 20 rows',
      ({ start = 0 }) => ({ result: rows(130).slice(Number(start), Number(start) + 20) }),
      'offset:start,50',
    ],
  ])('has pages by %s', async (_, answer, paging) => {
    const { shape, error, rows: found } = await walked(answer)
    expect(error).toBeUndefined()
    expect(shape).toBe(`--rows-at . --row-id ID --paging ${paging}`)
    expect(found).toHaveLength(130)
  })

  test('that is counted and has one page is asked once', async () => {
    const { rows: found, requests, error } = await walked(() => ({ result: rows(7), total: 7 }))
    expect([found.length, requests.length, error]).toEqual([7, 1, undefined])
  })

  test('ends with all that came where nothing shows that there is no more', async () => {
    const { rows: found, error } = await walked(() => ({ result: rows(7) }))
    expect(found).toHaveLength(7)
    expect(error).toMatchObject({ exitCode: 3, code: 'walk.incomplete' })
    expect(error?.message).toContain('nothing in its answer shows that these 7 rows are all')
  })

  test.each<[string, unknown]>([
    ['a bare list', []],
    ['an empty list with a name', { things: [] }],
    ['an empty map', {}],
  ])('has no rows: %s', async (_, result) => {
    const { rows: found, error } = await walked(() => ({ result }))
    expect([found, error]).toEqual([[], undefined])
  })

  test.each<[string, Answer, string]>([
    ['several lists', { result: { users: rows(2), chats: rows(3) } }, 'usage.unclear-rows'],
    ['a thing that holds a list', { result: { ID: '1', PHONE: [{ VALUE: '+1' }] } }, 'usage.unclear-rows'],
    ['more, and no way to it', { result: { things: rows(50), hasMore: true } }, 'usage.unclear-paging'],
    ['more rows, and the same for start', { result: rows(50), total: 130 }, 'usage.unclear-paging'],
    ['no answer', { result: null }, 'walk.not-understood'],
    ['false', { result: false }, 'walk.not-understood'],
    ['names by code', { result: { a: 'A', b: 'B' } }, 'walk.not-understood'],
  ])('is refused with the option that settles it: %s', async (_, answer, code) => {
    const { rows: found, error } = await walked(() => answer)
    expect(found).toEqual([])
    expect(error).toMatchObject({ code })
    expect((error as Error & { hint: string }).hint).toMatch(/--(rows-at|paging|row-id)/)
  })

  test('that answers ids alone is refused if it has more to say, and read if not', async () => {
    const silent = await walked(({ select }) => ({
      result:
        select === undefined
          ? [{ id: 1 }, { id: 2 }]
          : [
              { id: 1, title: 'x' },
              { id: 2, title: 'y' },
            ],
      total: 2,
    }))
    expect(silent.rows).toEqual([])
    expect(silent.error).toMatchObject({
      code: 'usage.unclear-rows',
      hint: expect.stringContaining('select[]=*') as string,
    })
    const bare = await walked(() => ({ result: [{ id: 1 }, { id: 2 }], total: 2 }))
    expect([bare.rows.length, bare.error]).toEqual([2, undefined])
  })

  test('is not taken for complete by an id that its rows share', async () => {
    const page = (from: number): Row[] =>
      Array.from({ length: 50 }, (_, at) => ({ ID: at + 1, NAME: from + at }))
    const { error } = await walked(({ start = 0 }) => ({
      result: Number(start) < 100 ? page(Number(start)) : [],
    }))
    expect(error).toMatchObject({ exitCode: 3 })
  })
})
