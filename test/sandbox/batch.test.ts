import { describe, expect, test } from 'vitest'
import { ask, batch, bodyOf, portalWith, send, sendQuery, type TestRow } from './asking.ts'

const LIST = 'crm.deal.list?select[]=ID&start=-1'

describe('a batch', () => {
  const portal = portalWith('rows=120,ids=dense')

  test('puts each command into result or result_error, under its key', async () => {
    const answer = await batch(portal, { a: 'crm.deal.list', b: 'no.such.method', c: 'crm.deal.get?id=3' })
    expect(Object.keys(answer.result as TestRow)).toEqual(['a', 'c'])
    expect(answer.result_error).toEqual({
      b: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' },
    })
    expect(answer.result_total).toEqual({ a: 120 })
    expect(answer.result_next).toEqual({ a: 50 })
    expect(Object.keys(answer.result_time as TestRow)).toEqual(['a', 'c'])
  })

  test('is 200 whatever its commands did, and each empty container is a list', async () => {
    const answer = await send(portal, 'batch', { cmd: { a: 'no.such.method' } })
    expect(answer.status).toBe(200)
    expect(bodyOf(answer).result).toMatchObject({
      result: [],
      result_total: [],
      result_next: [],
      result_time: [],
    })
  })

  test('loses positions when numeric keys make a list of errors', async () => {
    const answer = await batch(portal, ['no.a', 'no.b', 'server.time'])
    expect(answer.result_error).toHaveLength(2)
    expect(Object.keys(answer.result as TestRow)).toEqual(['2'])
  })

  test('answers a list when all of its numeric commands succeed', async () => {
    expect((await batch(portal, ['server.time', 'server.time'])).result).toHaveLength(2)
  })

  test('runs commands in the order given, also under integer-like keys', async () => {
    const body = Buffer.from('{"cmd":{"10":"crm.deal.get?id=1","2":"crm.deal.get?id=$result[10][ID]"}}')
    const headers = { 'content-type': 'application/json' }
    const answer = await portal.handle({ method: 'POST', path: `${portal.webhookPath}batch`, headers, body })
    expect(bodyOf(answer).result).toMatchObject({ result_error: [] })
  })

  test('runs the first 50 and refuses the 51st', async () => {
    const cmd = Object.fromEntries(Array.from({ length: 52 }, (_, index) => [`c${index}`, 'server.time']))
    const answer = await batch(portal, cmd)
    expect(Object.keys(answer.result as TestRow)).toHaveLength(50)
    expect(answer.result_error).toMatchObject({
      c50: { error: 'ERROR_BATCH_LENGTH_EXCEEDED', error_description: 'Max batch length exceeded' },
      c51: { error: 'ERROR_BATCH_LENGTH_EXCEEDED' },
    })
  })

  test('allows no batch inside', async () => {
    const answer = await batch(portal, { a: 'batch?cmd[x]=server.time', b: 'Upload' })
    expect(answer.result_error).toMatchObject({
      a: { error: 'ERROR_BATCH_METHOD_NOT_ALLOWED' },
      b: { error: 'ERROR_BATCH_METHOD_NOT_ALLOWED' },
    })
  })

  test('skips commands that are no texts, without a trace', async () => {
    const answer = await batch(portal, { a: ['crm.deal.list'], b: 'server.time' })
    expect(Object.keys(answer.result as TestRow)).toEqual(['b'])
    expect(answer.result_error).toEqual([])
  })

  test.each([
    [1, ['a']],
    [true, ['a']],
    ['0', ['a', 'c']],
    [false, ['a', 'c']],
  ])('with halt %j has results for %j', async (halt, expected) => {
    const answer = await batch(portal, { a: 'server.time', b: 'no.such', c: 'server.time' }, { halt })
    expect(Object.keys(answer.result as TestRow)).toEqual(expected)
  })

  test('takes its own parameters in any case, and method names too', async () => {
    const body = await ask(portal, 'BATCH', { CMD: { a: 'CRM.Deal.LIST?start=-1' } })
    expect(body.result).toHaveProperty('result.a')
  })

  test('cuts a command at an unencoded #', async () => {
    const answer = await batch(portal, { a: `${LIST}#&filter[ID]=5` })
    expect((answer.result as Record<string, unknown[]>).a).toHaveLength(50)
  })

  test('loses a condition whose sign has an unencoded =', async () => {
    const answer = await batch(portal, { a: `${LIST}&filter[<=ID]=5`, b: `${LIST}&filter[%3C%3DID]=5` })
    const result = answer.result as Record<string, unknown[]>
    expect(result.a).toHaveLength(50)
    expect(result.b).toHaveLength(5)
  })

  test('in an address is encoded once more', async () => {
    const command = encodeURIComponent('crm.deal.list?filter[%3C%3DID]=5&select[]=ID')
    const body = bodyOf(await sendQuery(portal, `batch?cmd[a]=${command}`))
    expect((body.result as { result: Record<string, unknown[]> }).result.a).toHaveLength(5)
  })
})

describe('a reference', () => {
  const portal = portalWith('rows=120,ids=dense')
  const chain = (reference: string): Record<string, string> => ({
    a: LIST,
    b: `${LIST}&filter[%3EID]=${reference}`,
  })
  const firstOf = async (reference: string, on = portal): Promise<unknown> => {
    const answer = await batch(on, chain(reference))
    return (answer.result as Record<string, { ID: string }[]>).b?.[0]?.ID
  }

  test('to the last row of a page walks on from there', async () => {
    expect(await firstOf('$result[a][49][ID]')).toBe('51')
  })

  test('extends to the next blank and swallows what is glued to it', async () => {
    expect(await firstOf('$result[a][9][ID]glued')).toBe('11')
  })

  test('in any case of its name is found, but looked up as written', async () => {
    expect(await firstOf('$RESULT[a][9][ID]')).toBe('1') // an unknown name is nothing, and >ID of nothing is > 0
  })

  test('that is the whole value keeps its type, so a list of ids can be made', async () => {
    const answer = await batch(portal, {
      a: 'crm.deal.list?filter[ID][]=3&filter[ID][]=4&select[]=ID',
      b: 'crm.deal.list?select[]=ID&filter[ID]=$result[a][1]',
    })
    expect(answer.result).toHaveProperty('b', [{ ID: '4' }])
  })

  test('inside a longer text puts in numbers and texts, but no arrays', async () => {
    const add = (title: string): string => `crm.deal.add?fields[TITLE]=${encodeURIComponent(title)}`
    const answer = await batch(portal, {
      a: 'crm.deal.list?filter[ID]=5&select[]=ID',
      b: add('total $total[a] id $result[a][0][ID] !'),
      c: add('rows $result[a] !'),
      d: 'crm.deal.get?id=$result[b]',
      e: 'crm.deal.get?id=$result[c]',
    })
    expect(answer.result).toMatchObject({
      d: { TITLE: 'total 1 id 5 !' },
      e: { TITLE: 'rows $result[a] !' },
    })
  })

  test('to a row that is missing becomes the whole list, and `>ID` starts again from 1', async () => {
    expect(await firstOf('$result[a][77][ID]')).toBe('2')
  })

  test('to a failed command becomes the map of all results', async () => {
    expect(await firstOf('$result[nope][0][ID]')).toBe('2')
  })

  test('to a null counts as missing', async () => {
    const answer = await batch(portal, {
      a: 'crm.deal.list?filter[ID]=5&select[]=UTM_TERM&select[]=ID',
      b: `${LIST}&filter[%3EID]=$result[a][0][UTM_TERM]`,
    })
    expect((answer.result as Record<string, TestRow[]>).b?.[0]).toEqual({ ID: '2' })
  })

  test('without its step is nothing under the reading empty', async () => {
    expect(
      await firstOf('$result[a][77][ID]', portalWith('rows=120,ids=dense,reading=unresolved=empty')),
    ).toBe('1')
  })

  test('without its step stays text under the reading literal', async () => {
    const literal = portalWith('rows=120,ids=dense,reading=unresolved=literal')
    const answer = await batch(literal, {
      a: 'crm.deal.add?fields[TITLE]=$result[x][0]',
      b: 'crm.deal.get?id=$result[a]',
    })
    expect(answer.result).toHaveProperty('b.TITLE', '$result[x][0]')
  })

  test('chains fifty pages, and each row comes once', async () => {
    const big = portalWith('rows=2500')
    const cmd = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `c${index}`,
        `${LIST}&order[ID]=ASC&filter[%3EID]=${index === 0 ? '0' : `$result[c${index - 1}][49][ID]`}`,
      ]),
    )
    const pages = Object.values((await batch(big, cmd)).result as Record<string, { ID: string }[]>)
    const ids = pages.flat().map((row) => Number(row.ID))
    expect(ids).toHaveLength(2500)
    expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right))
  })
})
