import { expect, test } from 'vitest'
import { separateSandbox } from '../../src/cli/separate-sandbox.ts'

test.each([
  [
    ['get-all', '--sandbox', 'crm.deal.list'],
    ['get-all', '--sandbox=', 'crm.deal.list'],
  ], // the method is no value
  [
    ['get-all', 'm', '--sandbox'],
    ['get-all', 'm', '--sandbox='],
  ],
  [
    ['--sandbox', 'rows=5', 'm'],
    ['--sandbox', 'rows=5', 'm'],
  ],
  [
    ['--sandbox=rows=5', 'm'],
    ['--sandbox=rows=5', 'm'],
  ],
  [
    ['sandbox', '--rows', '5'],
    ['sandbox', '--rows', '5'],
  ],
])('%j is read as %j', (words, read) => {
  expect(separateSandbox(words)).toEqual(read)
})
