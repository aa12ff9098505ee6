import { expect, test } from 'vitest'
import { separateOptionalValues } from '../../src/cli/separate-values.ts'

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
  expect(separateOptionalValues(words)).toEqual(read)
})
