import { describe, expect, test } from 'vitest'
import { ask, batch, bodyOf, portalWith, rowsOf, send, sendQuery } from './asking.ts'

describe('a request', () => {
  const portal = portalWith('rows=60,ids=dense')
  const post = async (type: string, body: string, query = ''): Promise<unknown> => {
    const path = `${portal.webhookPath}crm.deal.list${query}`
    const answer = await portal.handle({
      method: 'POST',
      path,
      headers: { 'content-type': type },
      body: Buffer.from(body),
    })
    return bodyOf(answer).total
  }

  test('gives parameters as a form, as JSON or in the address, and the body wins', async () => {
    expect(await post('application/x-www-form-urlencoded', 'filter[%3EID]=57')).toBe(3)
    expect(await post('application/json;charset=utf-8', '{"filter":{">ID":58}}')).toBe(2)
    expect(await post('application/json', '{"filter":{">ID":58}}', '?filter[ID]=1')).toBe(2)
    expect(await post('application/json', '{}', '?filter[ID]=1')).toBe(1)
  })

  test('whose JSON does not parse runs without parameters', async () => {
    expect(await post('application/json', '{"filter":{">ID":58}')).toBe(60)
  })

  test('whose JSON comes under another type runs without parameters', async () => {
    expect(await post('text/json', '{"filter":{">ID":58}}')).toBe(60)
  })

  test('may name the method in any case, with .json or without', async () => {
    expect(bodyOf(await sendQuery(portal, 'CRM.deal.LIST.json')).total).toBe(60)
  })
})

describe('refusals', () => {
  test.each([
    ['', 401],
    ['reading=auth-status=403', 403],
    ['reading=auth-status=400', 400],
  ])('with %j have status %d for a wrong webhook or a missing right', async (settings, status) => {
    const portal = portalWith(settings)
    const wrong = await send(portal, 'crm.deal.list', {}, '/rest/1/abcdefghijklmnop/')
    expect([wrong.status, bodyOf(wrong)]).toEqual([
      status,
      { error: 'INVALID_CREDENTIALS', error_description: 'Invalid request credentials' },
    ])
    const scopeless = await send(portal, 'crm.deal.list', {}, portal.scopelessPath)
    expect(scopeless.status).toBe(status)
    expect(bodyOf(scopeless)).toEqual({
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the webhook token',
    })
  })

  test('of a missing right have no description inside a batch', async () => {
    const portal = portalWith()
    const answer = bodyOf(await send(portal, 'batch', { cmd: { a: 'crm.deal.list' } }, portal.scopelessPath))
    expect(answer.result).toMatchObject({
      result_error: { a: { error: 'insufficient_scope', error_description: '' } },
    })
  })

  test('of an unknown method come before those of a wrong webhook', async () => {
    const answer = await send(portalWith(), 'no.such.method', {}, '/rest/1/abcdefghijklmnop/')
    expect([answer.status, bodyOf(answer)]).toEqual([
      404,
      { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' },
    ])
  })

  test('without any authorisation are NO_AUTH_FOUND', async () => {
    const answer = await send(portalWith(), 'crm.deal.list', {}, '/rest/')
    expect([answer.status, bodyOf(answer).error]).toEqual([401, 'NO_AUTH_FOUND'])
  })

  test('of a row that is not there differ by family', async () => {
    const portal = portalWith('rows=10')
    expect(await ask(portal, 'crm.deal.get', { id: 0 })).toMatchObject({
      error: '',
      error_description: 'ID is not defined or invalid.',
    })
    expect(await ask(portal, 'crm.deal.get', { ID: 999_999 })).toMatchObject({
      error: '',
      error_description: 'Not found',
    })
    expect(await ask(portal, 'crm.item.get', { entityTypeId: 2, id: 999_999 })).toMatchObject({
      error: 'NOT_FOUND',
    })
    expect((await ask(portal, 'tasks.task.get', { taskId: 999_999 })).result).toEqual([])
  })

  test('carry no time', async () => {
    expect(Object.keys(await ask(portalWith(), 'crm.deal.get', { id: 0 }))).toEqual([
      'error',
      'error_description',
    ])
  })
})

describe('answers', () => {
  const textOf = async (settings: string, method: string, params: unknown = {}): Promise<string> =>
    (await send(portalWith(settings), method, params)).body.toString()

  test('escape slashes, markup, quotes and line separators, and leave other letters raw', async () => {
    const text = await textOf('rows=2000,ids=dense', 'batch', {
      cmd: Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [
          `c${index}`,
          `crm.deal.list?select[]=TITLE&start=${index * 50}`,
        ]),
      ),
    })
    expect(text).toContain(
      '\\u003Cb\\u003EBold\\u003C\\/b\\u003E \\u0026 \\u003Ca href=\\u0022https:\\/\\/example.com',
    )
    expect(text).toContain('before\\u2028after\\u2029end')
    expect(text).toContain('it\\u0027s a back\\\\slash \\/ slash')
    expect(text).toContain('First line\\r\\nSecond line\\nThird line')
    expect(text).toContain('Поставка')
    expect(text).not.toMatch(/[<>&'\u2028\u2029]/)
  })

  test('are pure ASCII under the reading escaped, and mean the same', async () => {
    const settings = 'rows=50,ids=dense,reading=non-ascii='
    const [raw, escaped] = await Promise.all(
      ['raw', 'escaped'].map((one) => textOf(settings + one, 'crm.deal.list')),
    )
    expect(escaped).toMatch(/^[\x20-\x7e]*$/)
    const rows = (text = ''): unknown => (JSON.parse(text) as { result: unknown }).result
    expect(rows(escaped)).toEqual(rows(raw))
  })

  test('hold number literals that no double can hold, and maps with keys out of order', async () => {
    const text = await textOf('rows=50,ids=dense', 'crm.deal.list', { select: ['UF_*'] })
    expect(text).toMatch(/"UF_CRM_1603":1\.0[,}]/)
    expect(text).toMatch(/"UF_CRM_1604":9\d{19}[,}]/)
    expect(text).toMatch(/"UF_CRM_1605":\{"3\d{3}":"x","\d{2}":"y"\}/)
    expect(text).toContain('"UF_CRM_1605":[]')
    expect(text).toContain('"UF_CRM_1606":false')
    expect(text).toMatch(/"UF_CRM_1601":"\d+\|RUB"/)
  })

  test('show ids as texts in older methods and as numbers in crm.item and stage history', async () => {
    const portal = portalWith('rows=5')
    expect(typeof (await rowsOf(portal, 'crm.deal.list'))[0]?.ID).toBe('string')
    const items = (await ask(portal, 'crm.item.list', { entityTypeId: 1 })).result as {
      items: Record<string, unknown>[]
    }
    expect(typeof items.items[0]?.id).toBe('number')
    expect(typeof items.items[0]?.opportunity).toBe('number')
  })

  test('are the same bytes for the same seed, and others for another', async () => {
    const rows = async (settings: string): Promise<string> =>
      (await textOf(settings, 'crm.deal.list')).replace(/"time".*/, '')
    expect(await rows('rows=50,seed=4')).toBe(await rows('rows=50,seed=4'))
    expect(await rows('rows=50,seed=4')).not.toBe(await rows('rows=50,seed=5'))
  })

  test('show the operating limit except on a box', async () => {
    const cloud = await ask(portalWith('plan=standard'), 'crm.deal.list')
    const box = await ask(portalWith('plan=box'), 'crm.deal.list')
    expect(Object.keys(cloud.time ?? {})).toEqual([
      'start',
      'finish',
      'duration',
      'processing',
      'date_start',
      'date_finish',
      'operating_reset_at',
      'operating',
    ])
    expect(box.time).not.toHaveProperty('operating')
  })

  test.each([500, 1000, 2000, 4000])('have rows of about %d bytes', async (bytes) => {
    const portal = portalWith(`rows=2000,row-bytes=${bytes}`)
    const cmd = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`c${index}`, `crm.deal.list?start=${index * 50}`]),
    )
    const answer = await send(portal, 'batch', { cmd })
    const average = answer.body.length / 1000
    expect(average).toBeGreaterThan(bytes * 0.85)
    expect(average).toBeLessThan(Math.max(1300, bytes * 1.15))
  })

  test('name all methods, the rights and the user', async () => {
    const portal = portalWith()
    expect((await ask(portal, 'methods')).result).toContain('crm.deal.list')
    expect((await ask(portal, 'scope')).result).toContain('crm')
    expect((await ask(portal, 'profile')).result).toHaveProperty('ADMIN', true)
    expect((await ask(portal, 'server.time')).result).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/)
    expect((await ask(portal, 'crm.status.list')).total).toBe(5)
  })
})

describe('writes', () => {
  test('show in rows, in the order of ids and in the totals', async () => {
    const portal = portalWith('rows=10,ids=dense')
    expect((await ask(portal, 'crm.deal.add', { fields: { TITLE: 'Новая', OPPORTUNITY: 5 } })).result).toBe(
      11,
    )
    expect((await ask(portal, 'crm.deal.update', { id: 4, fields: { TITLE: 'Другая' } })).result).toBe(true)
    expect((await ask(portal, 'crm.deal.delete', { id: 2 })).result).toBe(true)
    const rows = await rowsOf(portal, 'crm.deal.list', { select: ['ID', 'TITLE', 'OPPORTUNITY'] })
    expect(rows.map((row) => row.ID)).toEqual(['1', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
    expect(rows[2]).toMatchObject({ TITLE: 'Другая' })
    expect(rows[9]).toEqual({ ID: '11', TITLE: 'Новая', OPPORTUNITY: '5.00' })
    expect(await ask(portal, 'crm.deal.delete', { id: 2 })).toMatchObject({
      error: '',
      error_description: 'Not found',
    })
  })

  test('through crm.item change the same rows', async () => {
    const portal = portalWith('rows=3,ids=dense')
    const added = await ask(portal, 'crm.item.add', { entityTypeId: 2, fields: { title: 'Через item' } })
    expect(added.result).toMatchObject({ item: { id: 4, title: 'Через item' } })
    expect((await ask(portal, 'crm.deal.get', { id: 4 })).result).toMatchObject({
      ID: '4',
      TITLE: 'Через item',
    })
    await ask(portal, 'crm.item.delete', { entityTypeId: 2, id: 1 })
    expect((await ask(portal, 'crm.deal.list')).total).toBe(3)
  })

  test('leave no gap in pages when rows in the middle are gone', async () => {
    const portal = portalWith('rows=200,ids=dense')
    for (const id of [199, 10, 60, 61, 1, 100]) await ask(portal, 'crm.deal.delete', { id })
    const ids: number[] = []
    for (const start of [0, 50, 100, 150]) {
      ids.push(
        ...(await rowsOf(portal, 'crm.deal.list', { start, select: ['ID'] })).map((row) => Number(row.ID)),
      )
    }
    const gone = new Set([199, 10, 60, 61, 1, 100])
    expect(ids).toEqual(Array.from({ length: 200 }, (_, index) => index + 1).filter((id) => !gone.has(id)))
  })

  test('in a batch are decided one by one', async () => {
    const answer = await batch(portalWith('rows=3,ids=dense'), {
      a: 'crm.lead.add?fields[TITLE]=x',
      b: 'crm.lead.update?id=999&fields[TITLE]=x',
      c: 'crm.lead.delete?id=$result[a]',
    })
    expect(answer.result).toEqual({ a: 4, c: true })
    expect(answer.result_error).toHaveProperty('b')
  })
})
