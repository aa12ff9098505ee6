import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { IncompleteError } from '../../src/errors.ts'
import { readShape } from '../../src/operations/shape-options.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Command, Outcome, Reply } from '../../src/protocol/types.ts'
import { randomOf } from '../support/random.ts'
import { walk } from '../support/walk.ts'

const PAGE = 50
const SHAPE = readShape({ rowsAt: '.', rowId: 'ID', paging: 'start' })

interface Manners {
  /** In which order the list comes: by rising id, the newest first, or by something else. */
  readonly order: 'ascending' | 'descending' | 'other'
  readonly rows: number
  /** Rows that come or go before every command, on the average. */
  readonly inserts: number
  readonly deletes: number
  /** Rows that come to match before every command, and appear among the others. */
  readonly appears: number
  /** Most rows that go at once. */
  readonly mostDeleted: number
  /** Commands before which the list changes. */
  readonly changes: number
  /** Share of the commands in batches that fail. */
  readonly failing: number
}

const STILL: Manners = {
  order: 'ascending',
  rows: 500,
  inserts: 0,
  deletes: 0,
  appears: 0,
  mostDeleted: 1,
  changes: Infinity,
  failing: 0,
}

/** A list in pages of fifty that changes while it is read. */
class ChangingList {
  readonly original: ReadonlySet<number>
  readonly deleted = new Set<number>()
  commands = 0
  #ids: number[]
  #lastId: number
  readonly #manners: Manners
  readonly #chance: () => number

  constructor(manners: Manners, seed: number) {
    this.#manners = manners
    this.#chance = randomOf(seed)
    // Every other id is free for rows that appear among the others.
    this.#ids = Array.from({ length: manners.rows }, (_, index) => 2 * index + 2)
    this.#lastId = 2 * manners.rows
    this.original = new Set(this.#ids)
  }

  get caller(): Caller {
    return {
      call: (command) => Promise.resolve(this.#page(command)),
      batch: (commands) =>
        Promise.resolve({
          time: {},
          outcomes: commands.map((command): Outcome =>
            this.#chance() < this.#manners.failing
              ? { kind: 'absent' }
              : { kind: 'done', reply: this.#page(command) },
          ),
        }),
    }
  }

  /** Those that were there from the beginning to the end. */
  get lasting(): number[] {
    return [...this.original].filter((id) => !this.deleted.has(id))
  }

  #page({ params }: Command): Reply {
    if (this.commands++ < this.#manners.changes) this.#change()
    const start = Number(params['start'])
    const ids = this.#inOrder()
    const total = ids.length
    const text = `[${ids
      .slice(start, start + PAGE)
      .map((id) => `{"ID":${id}}`)
      .join(',')}]`
    const next = start + PAGE < total ? { next: start + PAGE } : {}
    return { result: JsonText.of(Buffer.from(text)), total, time: {}, ...next }
  }

  #inOrder(): number[] {
    const { order } = this.#manners
    if (order === 'ascending') return this.#ids
    if (order === 'descending') return this.#ids.toReversed()
    return this.#ids.toSorted((left, right) => ((left * 7919) % 1009) - ((right * 7919) % 1009))
  }

  #change(): void {
    const { inserts, deletes, appears, mostDeleted } = this.#manners
    const chance = this.#chance
    for (let left = inserts; chance() < left; left--) {
      this.#ids.push((this.#lastId += 2))
    }
    for (let left = deletes; chance() < left; left--) {
      const at = Math.floor(chance() * this.#ids.length)
      for (const id of this.#ids.splice(at, 1 + Math.floor(chance() * mostDeleted))) this.deleted.add(id)
    }
    for (let left = appears; chance() < left; left--) {
      const id = 2 * Math.floor(chance() * this.#ids.length) + 1
      if (!this.#ids.includes(id)) this.#ids = [...this.#ids, id].sort((one, other) => one - other)
    }
  }
}

interface Outlook {
  readonly ids: readonly number[]
  readonly isComplete: boolean
}

async function read(list: ChangingList, canAppear: boolean): Promise<Outlook> {
  const parameters = { shape: SHAPE, ...(canAppear ? { params: { filter: { ACTIVE: 'Y' } } } : {}) }
  try {
    const { ids } = await walk(list.caller, 'some.thing.list', { parameters })
    return { ids: ids.map(Number), isComplete: true }
  } catch (error) {
    if (error instanceof IncompleteError) return { ids: [], isComplete: false }
    throw error
  }
}

function expectAll(list: ChangingList, { ids }: Outlook, seed: number): void {
  const found = new Set(ids)
  expect(ids.length, `doubled, seed ${seed}`).toBe(found.size)
  expect(
    list.lasting.filter((id) => !found.has(id)),
    `missing, seed ${seed}`,
  ).toEqual([])
}

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

describe('a list that changes while it is read by offset', () => {
  test.each<[string, Partial<Manners>]>([
    ['rows that go', { deletes: 0.5 }],
    ['rows that come last', { inserts: 0.5 }],
    ['both at the same time', { inserts: 0.8, deletes: 0.8 }],
    ['more rows that go at once than a page has', { rows: 3000, deletes: 0.3, mostDeleted: 120 }],
    ['so many that go that a request sees more than a page of them', { rows: 5000, deletes: 4, inserts: 2 }],
    ['pages that fail', { inserts: 0.3, deletes: 0.3, failing: 0.1 }],
  ])('in ascending order gives every row that was there throughout, with %s', async (_, manners) => {
    let complete = 0
    for (const seed of SEEDS) {
      const list = new ChangingList({ ...STILL, ...manners }, seed)
      const outlook = await read(list, false)
      if (!outlook.isComplete) continue
      complete++
      expectAll(list, outlook, seed)
      expect(outlook.ids, `seed ${seed}`).toEqual(outlook.ids.toSorted((a, b) => a - b))
    }
    expect(complete).toBe(SEEDS.length)
  })

  test.each<[string, Partial<Manners>]>([
    ['descending', { order: 'descending', inserts: 0.1, deletes: 0.1 }],
    ['descending, often', { order: 'descending', inserts: 0.8, deletes: 0.8 }],
    ['another', { order: 'other', inserts: 0.1, deletes: 0.1 }],
    ['ascending, where rows come to match', { appears: 0.5, deletes: 0.5 }],
    ['another, with pages that fail', { order: 'other', inserts: 0.3, deletes: 0.3, failing: 0.1 }],
  ])('in another order (%s) is complete, or ends with an error', async (_, manners) => {
    for (const seed of SEEDS) {
      const list = new ChangingList({ ...STILL, ...manners }, seed)
      const outlook = await read(list, manners.appears !== undefined)
      if (outlook.isComplete) expectAll(list, outlook, seed)
    }
  })

  test.each<[string, Partial<Manners>]>([
    ['descending', { order: 'descending' }],
    ['another order', { order: 'other' }],
    ['rows that come to match', { appears: 0.5 }],
  ])('is read again until it holds still: %s', async (_, manners) => {
    for (const seed of SEEDS) {
      const list = new ChangingList({ ...STILL, inserts: 0.5, deletes: 0.5, changes: 14, ...manners }, seed)
      const outlook = await read(list, true)
      expect(outlook.isComplete, `seed ${seed}`).toBe(true)
      expectAll(list, outlook, seed)
    }
  })

  test('is read once where its order shows that this is enough, else twice', async () => {
    const pages = STILL.rows / PAGE
    const ascending = new ChangingList(STILL, 1)
    await read(ascending, true)
    expect(ascending.commands).toBe(pages + 1)
    const descending = new ChangingList({ ...STILL, order: 'descending' }, 1)
    await read(descending, true)
    expect(descending.commands).toBe(2 * (pages + 1))
  })

  test('says what it saw if the list does not hold still', async () => {
    const list = new ChangingList({ ...STILL, order: 'descending', inserts: 0.9 }, 1)
    await expect(walk(list.caller, 'some.thing.list', { parameters: { shape: SHAPE } })).rejects.toThrow(
      'some.thing.list changed while it was read page by page (rows moved',
    )
  })
})
