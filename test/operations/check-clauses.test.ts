import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { checkClauses } from '../../src/operations/check-clauses.ts'
import type { Params } from '../../src/protocol/types.ts'

describe('parameters that the portal would pass over are refused:', () => {
  test.each<[Params, RegExp]>([
    [{ fields: 'TITLE=x' }, /"fields" must be a map of fields, not/],
    [{ fields: ['a'] }, /"fields" must be a map/],
    [{ FIELDS: null }, /"FIELDS" must be a map/],
    [{ filter: 'ID>5' }, /"filter" must be a map of conditions/],
    [{ Filter: null }, /"Filter" must be/],
    [{ select: 'ID' }, /"select" must be a list of names/],
    [{ select: { 1: 'ID' } }, /"select" must be a list/],
    [{ order: ['ID'] }, /"order" must be a map/],
    [{ order: 5 }, /"order" must be a map/],
    [{ cmd: 'a' }, /"cmd" must be a map/],
    [{ start: 'x' }, /"start" must be a number/],
    [{ start: '1.5' }, /"start" must be a number/],
    [{ start: '' }, /"start" must be a number/],
    [{ limit: true }, /"limit" must be a number/],
    [{ LIMIT: null }, /"LIMIT" must be a number/],
  ])('%j', (params, message) => {
    expect(() => checkClauses(params)).toThrow(message)
    expect(() => checkClauses(params)).toThrow(UsageError)
  })
})

test.each<Params>([
  {},
  { fields: {} },
  { fields: [] },
  { fields: { TITLE: 'x', fields: 'y', auth: 'z' } },
  { FILTER: ['x'], select: [], ORDER: 'ASC', sort: 'ID' },
  { start: -1, limit: '50', cmd: [] },
  { toString: 'x', __proto__: null, constructor: '1' },
  { id: null, x: '', fieldsX: 'a' },
])('%j is fine', (params) => {
  expect(() => checkClauses(params)).not.toThrow()
})

test.each([
  ['id', 'ID'],
  ['Fields', 'fields'],
  ['ИМЯ', 'имя'],
])('%s and %s are one name to the portal', (one, other) => {
  expect(() => checkClauses({ [one]: {}, x: '1', [other]: {} })).toThrow(
    `"${one}" and "${other}" are the same`,
  )
})

test.each([
  'auth',
  'AUTH',
  'access_token',
  'Refresh_Token',
  'client_secret',
  'token',
  'state',
  'auth_connector',
])('%s would be taken for a credential, and is not shown', (name) => {
  expect(() => checkClauses({ [name]: 'hidden' })).toThrow(`"${name}" is not for parameters`)
  expect(() => checkClauses({ [name]: 'hidden' })).not.toThrow('hidden')
})
