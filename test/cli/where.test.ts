import { describe, expect, test } from 'vitest'
import { parseCondition } from '../../src/cli/where.ts'
import { UsageError } from '../../src/errors.ts'

describe('--where', () => {
  test.each([
    ['STAGE_ID=NEW', 'STAGE_ID', '=', 'NEW'],
    ['STAGE_ID != NEW', 'STAGE_ID', '!=', 'NEW'],
    ['OPPORTUNITY>=1000', 'OPPORTUNITY', '>=', '1000'],
    ['  OPPORTUNITY  <  1000 ', 'OPPORTUNITY', '<', '1000'],
    ['TITLE ~ pump = 3', 'TITLE', '~', 'pump = 3'],
    ['TITLE = ', 'TITLE', '=', ''],
    ['TITLE = a>b', 'TITLE', '=', 'a>b'],
    ['COMMENTS=two\nlines', 'COMMENTS', '=', 'two\nlines'],
    ['STAGE_ID in NEW, WON', 'STAGE_ID', 'in', ['NEW', 'WON']],
    ['STAGE_ID NOT-IN C1:NEW', 'STAGE_ID', 'not-in', ['C1:NEW']],
    ['TITLE = =1+1', 'TITLE', '=', '=1+1'],
    ['TITLE = "a" or "b" ', 'TITLE', '=', '"a" or "b"'],
    ['ufCrm_5 = in A,B', 'ufCrm_5', '=', 'in A,B'],
  ])('%j is a condition', (text, field, operator, value) => {
    expect(parseCondition(text)).toEqual({ field, operator, value })
  })

  test.each([
    '',
    'STAGE_ID',
    '=5',
    '>ID=5',
    'A B = 5',
    'STAGE_ID in A,,B',
    'STAGE_ID in ',
    'filter[ID]=5',
    '1D = 2',
    'A==1',
    'A=>1',
    'A<>1',
    'A=<1',
    "A = 'WON'",
    'A="WON"',
  ])('%j is none', (text) => {
    expect(() => parseCondition(text)).toThrow(UsageError)
  })
})
