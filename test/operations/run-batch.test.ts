import { expect, test } from 'vitest'
import { stopAfterErrors } from '../../src/cli/send-options.ts'
import { OwnLimitError } from '../../src/errors.ts'
import { writtenField } from '../bench/write-log.ts'
import { codesOf, runCommands, type TestCommand } from '../support/commands.ts'

function contact(at: number): TestCommand {
  return { id: `c${at}`, method: 'crm.contact.add', params: { fields: { NAME: `c${at}` } } }
}

function contacts(count: number): TestCommand[] {
  return Array.from({ length: count }, (_, at) => contact(at))
}

/** Contacts of which each has the id of the one before it as its last name. */
function chain(name: string, length: number): TestCommand[] {
  return Array.from({ length }, (_, at) => ({
    id: `${name}${at}`,
    method: 'crm.contact.add',
    params: {
      fields: { NAME: `${name}${at}`, ...(at === 0 ? {} : { LAST_NAME: `$result[${name}${at - 1}]` }) },
    },
  }))
}

/** Whether each contact behind the first has the id of the one before it. */
function links(writes: Awaited<ReturnType<typeof runCommands>>['writes']): boolean[] {
  return writes.slice(1).map((write, at) => writtenField(write, 'LAST_NAME') === String(writes[at]?.id))
}

test('120 commands that nothing links go in 3 requests', async () => {
  const { items, requests, writes } = await runCommands(contacts(120))

  expect(codesOf(items)).toEqual(Array(120).fill('done'))
  expect(requests.map(({ commands }) => commands.length).sort()).toEqual([20, 50, 50])
  expect(new Set(writes.map((write) => writtenField(write, 'NAME'))).size).toBe(120)
})

test('a write that refers to another waits for its answer; groups share requests', async () => {
  const names = ['w', 'x', 'y', 'z']
  const groups = names.map((name) => chain(name, 50))
  // Mingled: a command of one group behind one of another.
  const mingled = Array.from({ length: 50 }, (_, at) => groups.flatMap((group) => group.slice(at, at + 1)))
  const commands = [...mingled.flat(), ...contacts(30)]
  const { items, requests, writes } = await runCommands(commands)

  expect(items.map(({ input }) => input.id)).toEqual(commands.map(({ id }) => id))
  expect(new Set(codesOf(items))).toEqual(new Set(['done']))
  expect(requests.map(({ commands: sent }) => sent.length)).toEqual([34, ...Array<number>(49).fill(4)])
  expect(JSON.stringify(requests)).not.toContain('$result')
  for (const name of names) {
    const own = writes.filter((write) => writtenField(write, 'NAME').startsWith(name))
    expect(own).toHaveLength(50)
    expect(links(own)).toEqual(Array(49).fill(true))
  }
})

test('a group that a limit interrupts goes on with what it has learnt', async () => {
  const { items, requests, writes } = await runCommands(chain('a', 10), { fault: ['operating-limit@4'] })

  expect(codesOf(items)).toEqual(Array(10).fill('done'))
  expect(writes).toHaveLength(10)
  expect(links(writes)).toEqual(Array(9).fill(true))
  expect(requests).toHaveLength(11)
})

test('reads go in one request with what they refer to, and no answer rests on what the portal found in its place', async () => {
  const get = (id: string, params: Record<string, string>, method = 'crm.contact.get'): TestCommand => ({
    id,
    method,
    params,
  })
  const commands = [
    get('deal', { id: '1' }, 'crm.deal.get'),
    get('contact', { id: '$result[deal][ID]' }),
    get('nothing', { id: '$result[deal][NO_SUCH_FIELD]' }),
    get('missing', { id: '99999999' }),
    get('behind', { id: '$result[missing][ID]' }),
  ]
  const { items, requests } = await runCommands(commands, { ids: 'dense' })

  expect(codesOf(items)).toEqual([
    'done',
    'done',
    'refused UNRESOLVED_REFERENCE',
    'refused NOT_FOUND',
    'refused DEPENDS_ON_REFUSED',
  ])
  expect(requests).toHaveLength(1)
})

test.each(['[NO_SUCH_FIELD]', '[CONTACT][ID]'])(
  'a deletion whose reference %s leads nowhere is not sent',
  async (steps) => {
    const commands = [
      { id: 'deal', method: 'crm.deal.get', params: { id: '1' } },
      { id: 'gone', method: 'crm.contact.delete', params: { id: `$result[deal]${steps}` } },
    ]
    const { items, writes } = await runCommands(commands, { ids: 'dense' })

    expect(codesOf(items)).toEqual(['done', 'refused UNRESOLVED_REFERENCE'])
    expect(writes).toEqual([])
  },
)

test('what refers to a command that was refused is not sent', async () => {
  const { items, writes } = await runCommands(chain('a', 6), { fault: ['refused-command@3'] })

  const depends = 'refused DEPENDS_ON_REFUSED'
  expect(codesOf(items)).toEqual(['done', 'done', 'refused ', depends, depends, depends])
  expect(writes).toHaveLength(2)
})

test('with halts the first command that is not done ends the run', async () => {
  const run = await runCommands(contacts(200), { fault: ['refused-command@57'] }, { halts: true })

  expect(run.error).toBeUndefined()
  const codes = codesOf(run.items)
  expect(codes.slice(0, 56)).toEqual(Array(56).fill('done'))
  expect(codes.slice(56)).toEqual(['refused ', ...Array<string>(143).fill('refused HALTED')])
  expect(run.writes.map((write) => writtenField(write, 'NAME'))).toEqual(contacts(56).map(({ id }) => id))
  expect(run.requests).toHaveLength(2)
})

test('with halts a limit is no end: commands go on in their order', async () => {
  const faults = ['operating-limit@3', 'operating-limit@60', 'rate-limit@3']
  const { items, writes } = await runCommands(contacts(120), { fault: faults }, { halts: true })

  expect(codesOf(items)).toEqual(Array(120).fill('done'))
  expect(writes.map((write) => writtenField(write, 'NAME'))).toEqual(contacts(120).map(({ id }) => id))
})

test('with halts a lost answer ends the run', async () => {
  const { items, writes } = await runCommands(contacts(120), { fault: ['lost-reply@2'] }, { halts: true })

  expect(codesOf(items)).toEqual([
    ...Array<string>(50).fill('done'),
    ...Array<string>(50).fill('unknown NO_ANSWER'),
    ...Array<string>(20).fill('refused HALTED'),
  ])
  expect(writes).toHaveLength(100)
})

test('a failure counts once, however often its group is sent', async () => {
  // The first is refused; of the others one in each request meets a limit.
  const faults = ['refused-command@1', 'operating-limit@2', 'operating-limit@3', 'operating-limit@4']
  const fan = [contact(0), ...[1, 2, 3, 4].map((at) => ({ ...contact(at), id: `d${at}` }))]
  const linked = [
    ...fan,
    {
      id: 'end',
      method: 'crm.contact.add',
      params: {
        fields: {
          NAME: 'end',
          LAST_NAME: '$result[c0]',
          SECOND_NAME: '$result[d1] $result[d2] $result[d3] $result[d4]',
        },
      },
    },
  ]
  const stopAfter = stopAfterErrors({ count: 2 })
  const { items, error } = await runCommands(linked, { fault: faults }, { stopAfter })
  expect(error).toBeUndefined()
  expect(codesOf(items)).toEqual(['refused ', 'done', 'done', 'done', 'done', 'refused DEPENDS_ON_REFUSED'])

  const strict = await runCommands(linked, { fault: faults }, { stopAfter: stopAfterErrors({ count: 1 }) })
  expect(strict.error).toBeInstanceOf(OwnLimitError)
})
