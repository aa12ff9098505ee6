import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import type { BatchCommand } from '../../src/input/batch-file.ts'
import { commandGroups, LOOK_AHEAD } from '../../src/operations/command-groups.ts'

async function allOf<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** A command that refers to others by their ids. */
function command(
  id: string | number,
  refersTo: readonly (string | number)[] = [],
  method = 'm',
): BatchCommand {
  const params = Object.fromEntries(refersTo.map((other, index) => [`P${index}`, `$result[${other}][ID]`]))
  return { line: 1, id: String(id), idLiteral: JSON.stringify(id), method, params }
}

function numbered(commands: readonly BatchCommand[]): BatchCommand[] {
  return commands.map((one, index) => ({ ...one, line: index + 1 }))
}

async function groupsOf(commands: readonly BatchCommand[]): Promise<string[][]> {
  const groups = await allOf(commandGroups(numbered(commands)))
  return groups.map((members) => members.map(({ id }) => id))
}

async function failureOf(commands: readonly BatchCommand[]): Promise<UsageError> {
  try {
    await groupsOf(commands)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('nothing thrown')
}

const fillers = (count: number, prefix = 'f'): BatchCommand[] =>
  Array.from({ length: count }, (_, index) => command(`${prefix}${index}`))

describe('groups', () => {
  test('are commands that nothing links, and those that references link', async () => {
    const commands = [command('a'), command('b'), command('c', ['a']), command('d'), command('e', ['c'])]
    expect(await groupsOf(commands)).toEqual([['a', 'c', 'e'], ['b'], ['d']])
  })

  test('grow together where a command refers to two of them', async () => {
    const commands = [
      command('a'),
      command('b'),
      command('c', ['b']),
      command('d', ['a']),
      command('e', ['c', 'd', 'c']),
    ]
    expect(await groupsOf(commands)).toEqual([['a', 'b', 'c', 'd', 'e']])
  })

  test('keep the places of their members, and their references', async () => {
    const groups = await allOf(commandGroups([command('a'), command('b'), command('c', ['a'])]))
    expect(groups.map((members) => members.map(({ ordinal }) => ordinal))).toEqual([[0, 2], [1]])
    expect(groups[0]?.[1]?.references).toMatchObject([{ id: 'a', steps: ['ID'], path: 'P0' }])
  })

  test('may have ids of any text', async () => {
    const commands = [command('7'), command('A'), command('a'), command('x', ['7', 'A', 'a'])]
    expect(await groupsOf(commands)).toEqual([['7', 'A', 'a', 'x']])
  })

  test('hold as many linked commands as a batch', async () => {
    const chain = Array.from({ length: 50 }, (_, index) => command(index, index === 0 ? [] : [index - 1]))
    expect(await groupsOf(chain)).toHaveLength(1)
  })

  test('of nothing are none', async () => {
    expect(await groupsOf([])).toEqual([])
  })
})

describe('a stream', () => {
  /** How many commands were read when each group came out. */
  async function readAt(commands: readonly BatchCommand[]): Promise<[first: string, read: number][]> {
    let read = 0
    const counted = (function* () {
      for (const one of commands) {
        read++
        yield one
      }
    })()
    const seen: [string, number][] = []
    for await (const [first] of commandGroups(counted)) seen.push([first?.id ?? '', read])
    return seen
  }

  test('is read only so far ahead as references reach', async () => {
    const seen = await readAt(fillers(3 * LOOK_AHEAD))
    expect(seen).toHaveLength(3 * LOOK_AHEAD)
    for (const [index, [, read]] of seen.entries()) {
      expect(read).toBe(Math.min(3 * LOOK_AHEAD, index + LOOK_AHEAD + 1))
    }
  })

  test('has groups wait for those that began before them', async () => {
    const commands = [command('a'), command('b'), ...fillers(500), command('z', ['a']), ...fillers(2000, 'g')]
    const seen = await readAt(commands)
    expect(seen[0]).toEqual(['a', 503 + LOOK_AHEAD])
    expect(seen[1]).toEqual(['b', 503 + LOOK_AHEAD])
  })

  test('may refer back as far as that', async () => {
    const commands = [command('a'), ...fillers(LOOK_AHEAD - 1), command('z', ['a'])]
    expect((await groupsOf(commands))[0]).toEqual(['a', 'z'])
  })

  test('may use an id again when the first is long gone', async () => {
    const commands = [command('a'), ...fillers(LOOK_AHEAD), command('a'), command('b', ['a'])]
    const groups = await allOf(commandGroups(commands))
    expect(groups.at(-1)?.map(({ ordinal }) => ordinal)).toEqual([LOOK_AHEAD + 1, LOOK_AHEAD + 2])
  })

  test('is left when no more is wanted', async () => {
    let isLeft = false
    const endless = (function* () {
      try {
        for (let index = 0; ; index++) yield command(index)
      } finally {
        isLeft = true
      }
    })()
    for await (const members of commandGroups(endless)) if (members[0]?.ordinal === 5) break
    expect(isLeft).toBe(true)
  })

  test('of an endless chain of chains is held within bounds', async () => {
    // Each links to one a full look-ahead before, up to the size of a batch, so that nothing in between may leave.
    const far = Array.from({ length: 20_000 }, (_, index) =>
      command(index, index > 0 && index % LOOK_AHEAD === 0 ? [index - LOOK_AHEAD] : []),
    )
    const seen = await readAt(far)
    expect(seen).toHaveLength(20_000 - 19)
    expect(seen[1]).toEqual(['1', 20_000])
  })
})

describe('refused is', () => {
  test.each<[string, BatchCommand[], string, RegExp]>([
    ['an id twice', [command('a'), command('b'), command('a')], 'batch-id-twice', /^Line 3 .*on line 1/],
    [
      'a number and a text that are the same id',
      [command(7), command('7')],
      'batch-id-twice',
      /Line 2 \(id "7"\)/,
    ],
    ['an unknown id', [command('a'), command('b', ['c'])], 'reference-unknown', /^Line 2 .*"c"/],
    ['itself', [command('a', ['a'])], 'reference-later', /refers to the command itself/],
    ['a later one', [command('a', ['b']), command('b')], 'reference-later', /on line 2, which comes later/],
    [
      'a later one, far behind',
      [command('a', ['z']), ...fillers(LOOK_AHEAD - 1), command('z')],
      'reference-later',
      /comes later/,
    ],
    [
      'one too far back',
      [command('a'), ...fillers(LOOK_AHEAD), command('z', ['a'])],
      'reference-far',
      /on line 1, more than 1,000/,
    ],
    [
      'one too far back that is still held',
      [command('a'), ...fillers(999), command('b', ['a']), ...fillers(1, 'g'), command('z', ['a'])],
      'reference-far',
      /on line 1,/,
    ],
    [
      'more links than a batch holds',
      Array.from({ length: 51 }, (_, index) => command(index, index === 0 ? [] : [index - 1])),
      'batch-linked',
      /^Line 51 .* 51 commands/,
    ],
    ['a batch', [command('a', [], 'Batch')], 'batch-nested', /does not allow Batch/],
    ['an upload', [command('a', [], 'upload')], 'batch-nested', /upload/],
    ['a download', [command('a', [], 'download')], 'batch-nested', /download/],
    [
      'glued text',
      [{ ...command('a'), params: { X: '$result[b]!' } }],
      'reference-glued',
      /^Line 1 \(id "a"\)/,
    ],
  ])('%s', async (_, commands, code, message) => {
    const error = await failureOf(commands)
    expect(error.code).toBe(`usage.${code}`)
    expect(error.message).toMatch(message)
  })

  test.each([
    '',
    'crm deal',
    'crm..deal',
    '.crm',
    'crm.deal.get?ID=1',
    'https://x/rest/1/y/m',
    'crm.deal.',
    '7',
  ])('the method %j', async (method) => {
    expect((await failureOf([command('a', [], method)])).code).toBe('usage.method-name')
  })

  test.each(['server.time', 'profile', 'crm.item.list', 'im.v2.Chat.get', 'a-b.c_d', 'CRM.DEAL.GET'])(
    'not the method %s',
    async (method) => {
      expect(await groupsOf([command('a', [], method)])).toEqual([['a']])
    },
  )

  test('an id in another casing, with the one that was meant', async () => {
    expect((await failureOf([command('Deal'), command('b', ['deal'])])).hint).toMatch(/"Deal"/)
  })

  test('and nothing comes out behind the fault, while it is looked for', async () => {
    const commands = numbered([...fillers(1500), command('z', ['later']), ...fillers(2000, 'g')])
    let groups = 0
    const run = async (): Promise<void> => {
      for await (const members of commandGroups(commands)) groups += members.length
    }
    await expect(run()).rejects.toThrow(/refers to "later"/)
    expect(groups).toBe(1500 - LOOK_AHEAD)
  })
})

test('every command comes out once, with all that it is linked to and nothing else', async () => {
  const links = fc.array(fc.array(fc.nat(), { maxLength: 2 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(links, async (given) => {
      const targets = given.map((some, index) => (index === 0 ? [] : some.map((one) => one % index)))
      const groups = await groupsOf(targets.map((some, index) => command(index, some)))

      // The same found by naming each with the least of its component, until nothing changes.
      const least = targets.map((_, index) => index)
      for (let isChanged = true; isChanged;) {
        isChanged = false
        for (const [index, some] of targets.entries()) {
          for (const other of some) {
            const lower = Math.min(least[index] ?? 0, least[other] ?? 0)
            if (least[index] !== lower || least[other] !== lower) isChanged = true
            least[index] = least[other] = lower
          }
        }
      }
      const expected = [...new Set(least)].map((first) =>
        least.flatMap((one, index) => (one === first ? [String(index)] : [])),
      )
      expect(groups).toEqual(expected)
    }),
  )
})
