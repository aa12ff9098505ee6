import { describe, expect, test } from 'vitest'
import { batchParams, readBatch } from '../../src/protocol/batch.ts'
import { readEnvelope } from '../../src/protocol/envelope.ts'
import { failureOf } from '../../src/protocol/failures.ts'
import { JsonTextError } from '../../src/protocol/json-text.ts'
import type { NamedCommand, Outcome } from '../../src/protocol/types.ts'

function read(json: string): ReturnType<typeof readEnvelope> {
  return readEnvelope(Buffer.from(json))
}

describe('an answer', () => {
  test('is a reply with what the method set, and no more', () => {
    const answer = read(
      '{"result":[{"ID":"1"}],"next":50,"total":173,"time":{"duration":0.2,"operating":1.5,"operating_reset_at":1700000000}}',
    )
    expect(answer.kind).toBe('reply')
    if (answer.kind !== 'reply') return
    expect(answer.reply.result.parse()).toEqual([{ ID: '1' }])
    expect(answer.reply).toMatchObject({
      next: 50,
      total: 173,
      time: { durationSeconds: 0.2, operatingSeconds: 1.5, operatingResetAt: 1700000000 },
    })
    const bare = read('{"result":null}')
    expect(bare.kind === 'reply' && bare.reply).toEqual({ result: expect.anything() as unknown, time: {} })
  })

  test.each([
    [
      '{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}',
      'QUERY_LIMIT_EXCEEDED',
      'Too many requests',
    ],
    ['{"error":"","error_description":"Not found"}', '', 'Not found'],
    ['{"error":0,"error_description":"odd"}', '0', 'odd'],
    ['{"error":"insufficient_scope"}', 'insufficient_scope', ''],
    ['{"result":[],"error":"X","error_description":"in an answer of 200"}', 'X', 'in an answer of 200'],
    ['{"error":{"code":"BITRIX_REST_V3","message":"newer form"}}', 'BITRIX_REST_V3', 'newer form'],
  ])('%s is a refusal', (json, apiCode, description) => {
    expect(read(json)).toEqual({ kind: 'refusal', refusal: { apiCode, description } })
  })

  test.each(['<html>', '[]', '{}', '{"time":{}}', '{"result":[', ''])(
    '%j is none of the portal’s',
    (json) => {
      expect(() => read(json)).toThrow(JsonTextError)
    },
  )
})

describe('a batch', () => {
  const commands: NamedCommand[] = ['p0', 'p1', 'p2'].map((name) => ({
    name,
    method: 'crm.deal.list',
    params: {},
  }))

  function outcomes(result: string): readonly Outcome[] {
    const answer = read(`{"result":${result},"time":{"duration":1}}`)
    if (answer.kind !== 'reply') throw new Error('a refusal')
    return readBatch(answer.reply, commands).outcomes
  }

  test('carries its commands as encoded strings and does not halt', () => {
    const params = { filter: { '>ID': '$result[p0][49][ID]' } }
    expect(batchParams([{ name: 'p1', method: 'crm.deal.list', params }])).toEqual({
      halt: '0',
      cmd: { p1: 'crm.deal.list?filter%5B%3EID%5D=%24result%5Bp0%5D%5B49%5D%5BID%5D' },
    })
  })

  test('tells of each command whether it was done, refused, or is in no container', () => {
    const kinds = outcomes(
      '{"result":{"p0":[{"ID":"1"}]},"result_error":{"p1":{"error":"OPERATION_TIME_LIMIT","error_description":"Method is blocked"}},"result_total":{"p0":7},"result_next":[],"result_time":{"p0":{"duration":0.5}}}',
    )
    expect(kinds.map(({ kind }) => kind)).toEqual(['done', 'refused', 'absent'])
    expect(kinds[0]?.kind === 'done' && kinds[0].reply).toMatchObject({
      total: 7,
      time: { durationSeconds: 0.5 },
    })
  })

  test('may come with all its containers empty, as PHP writes empty maps', () => {
    const kinds = outcomes(
      '{"result":[],"result_error":[],"result_total":[],"result_next":[],"result_time":[]}',
    )
    expect(kinds.map(({ kind }) => kind)).toEqual(['absent', 'absent', 'absent'])
  })

  test.each(['[]', '{"result":[1],"result_error":[]}', '{"a":1}'])('%s is no answer to one', (result) => {
    expect(() => outcomes(result)).toThrow(JsonTextError)
  })
})

describe('the table of failures', () => {
  test.each([
    ['QUERY_LIMIT_EXCEEDED', '', 503, 'bucket', 'no'], // wait a moment
    ['OVERLOAD_LIMIT', '', 503, 'blocked', 'no'], // the same status, but stopped by hand
    ['OPERATION_TIME_LIMIT', '', 429, 'operating', 'no'],
    ['OPERATION_TIME_LIMIT', '', undefined, 'operating', 'no'], // inside a batch
    ['INTERNAL_SERVER_ERROR', '', 500, 'passing', 'unknown'],
    ['INVALID_CREDENTIALS', '', 400, 'auth', 'no'], // whatever the status says
    ['insufficient_scope', '', 403, 'auth', 'no'],
    ['', 'Access denied.', 400, 'auth', 'no'],
    ['', 'Not found', 400, 'final', 'no'],
    ['SOMETHING_NEW', '', 502, 'passing', 'unknown'], // the status is all there is
    ['SOMETHING_NEW', '', 400, 'final', 'no'],
    ['ACCESS_DENIED', 'REST is available only on commercial plans.', 403, 'auth', 'no'],
  ] as const)(
    '%s "%s" with status %s is %s, executed: %s',
    (apiCode, description, status, kind, executed) => {
      expect(failureOf({ apiCode, description }, status)).toMatchObject({ kind, executed })
    },
  )
})
