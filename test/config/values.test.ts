import { describe, expect, test } from 'vitest'
import {
  duration,
  oneOf,
  positiveNumber,
  text,
  ValueError,
  wholeNumber,
  share,
} from '../../src/config/values.ts'

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['75s', 75_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['75', 75_000], // a plain number is seconds
    ['1.5s', 1_500],
  ])('%s is %i ms', (given, ms) => {
    expect(duration(given)).toBe(ms)
  })

  test.each(['', '0', '0s', '-1s', '15 m', '1h30m', '15M', '1e3', '5d', '25000h', 'ten', ' 5s'])(
    '%j is refused',
    (given) => {
      expect(() => duration(given)).toThrow(ValueError)
    },
  )
})

describe('a whole number', () => {
  test('may be either bound', () => {
    expect([wholeNumber(1, 50)('1'), wholeNumber(1, 50)('50')]).toEqual([1, 50])
  })

  test.each(['0', '51', '1.5', '-3', '0x10', '1e1', '', ' 7', '٧'])('%j is none from 1 to 50', (given) => {
    expect(() => wholeNumber(1, 50)(given)).toThrow('must be a whole number from 1 to 50')
  })
})

test.each(['0', '0.0', '-1', 'Infinity', 'NaN', '1e9', ''])('%j is no number above 0', (given) => {
  expect(() => positiveNumber(given)).toThrow(ValueError)
})

test('a number above 0 may have decimals', () => {
  expect(positiveNumber('0.5')).toBe(0.5)
})

test('a choice must be spelled as it is', () => {
  expect(oneOf(['auto', 'none'])('none')).toBe('none')
  expect(() => oneOf(['auto', 'none'])('None')).toThrow('must be one of auto, none')
})

test('a text must not be empty', () => {
  expect(text('x')).toBe('x')
  expect(() => text('')).toThrow(ValueError)
})

test('a share is a number up to 1, or of a hundred', () => {
  expect(['50%', '0.5', '100%', '1', '12.5%'].map(share)).toEqual([0.5, 0.5, 1, 1, 0.125])
  for (const wrong of ['0', '0%', '50', '101%', '-1', 'half', ''])
    expect(() => share(wrong)).toThrow('50% or 0.5')
})
