import { expect, test } from 'vitest'
import { nearest } from '../../src/lib/nearest.ts'

const KEYS = ['webhook', 'retries', 'maxWait', 'timeout', 'connectTimeout', 'batchSize']

test.each([
  ['retires', 'retries'], // two letters swapped
  ['maxwait', 'maxWait'], // case alone
  ['batch-size', 'batchSize'], // the flag's spelling
  ['webhok', 'webhook'],
  ['colour', undefined], // nothing is near
  ['x', undefined],
])('%s means %s', (word, meant) => {
  expect(nearest(word, KEYS)).toBe(meant)
})
