import { describe, expect, test } from 'vitest'
import { PARTS } from '../torture/parts.ts'

// A short selection of what `npm run torture` does, by the same code.

describe.each(PARTS.filter((part) => part.cases([1], true).length > 0))('$name', (part) => {
  const cases = part.cases([1], true)
  test.skipIf(part.obstacle?.() !== undefined).each(cases.map((one) => ({ title: one.name, run: one.run })))(
    '$title',
    { timeout: 120_000 },
    async ({ run }) => {
      expect((await run()).faults).toEqual([])
    },
  )
})
