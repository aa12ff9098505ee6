import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { checkedBody } from '../../src/operations/raw-body.ts'

function errorOf(body: string | Buffer): UsageError {
  try {
    checkedBody(Buffer.from(body), 'It')
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a body is accepted with', () => {
  test.each([
    ['parameters by position and null', '[123,{"ID":"desc"},null]'],
    ['empty lists and maps', '{"a":[],"b":{},"c":""}'],
    ['white space around it', ' \r\n{"a":1}\t\n'],
    ['numbers of many digits', '{"a":12345678901234567890,"b":1.0,"c":1e400}'],
    ['one name twice', '{"a":1,"a":2}'],
    ['a pair of escapes', String.raw`{"a":"\ud83d\ude00"}`],
    ['an escape that only looks like half of a pair', String.raw`{"a":"\\ud83d"}`],
    ['letters beyond the basic plane', '{"a":"😀"}'],
    ['a reserved name further down', '{"filter":{"state":1}}'],
    ['512 levels', '['.repeat(512) + ']'.repeat(512)],
  ])('%s, and not a byte of it is changed', (_what, body) => {
    expect(checkedBody(Buffer.from(body), 'It').bytes.toString()).toBe(body)
  })
})

describe('a body is refused for', () => {
  test.each([
    ['no JSON', '{a', 'usage.json'],
    ['nothing', '', 'usage.json'],
    ['a text', '"a"', 'usage.data'],
    ['null', 'null', 'usage.data'],
    ['a byte order mark', '\uFEFF{}', 'usage.data'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]), 'usage.data'],
    ['the first half of a pair', String.raw`{"a":"\ud83dx"}`, 'usage.data'],
    ['the second half', String.raw`{"\uDE00":1}`, 'usage.data'],
    ['two first halves', String.raw`["\ud83d\ud83d\ude00"]`, 'usage.data'],
    ['half of a pair at the end', String.raw`["\\\ud83d"]`, 'usage.data'],
    ['513 levels', '['.repeat(513) + ']'.repeat(513), 'usage.data'],
    ['a reserved name', '{"id":1,"AUTH":"x"}', 'usage.reserved-name'],
    ['a reserved name in escapes', String.raw`{"\u0061uth":"x"}`, 'usage.reserved-name'],
  ])('%s', (_what, body, code) => {
    expect(errorOf(body).code).toBe(code)
  })
})
