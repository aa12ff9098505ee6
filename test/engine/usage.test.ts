import { expect, test } from 'vitest'
import { usageOfBatch } from '../../src/engine/usage.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Outcome, PortalTime } from '../../src/protocol/types.ts'

function done(time: PortalTime): Outcome {
  return { kind: 'done', reply: { result: JsonText.of(Buffer.from('[]')), time } }
}

test('of the counts in a batch the last one holds, since the oldest minute may leave the sum in between', () => {
  const commands = ['a', 'b', 'c'].map((name) => ({ name, method: 'crm.deal.list', params: {} }))
  const outcomes = [
    done({ durationSeconds: 1, operatingSeconds: 449, operatingResetAt: 600 }),
    done({ durationSeconds: 1, operatingSeconds: 2, operatingResetAt: 1201 }),
    done({ durationSeconds: 1 }),
  ]
  const { billed, counters } = usageOfBatch(commands, { outcomes, time: {} })
  expect(counters).toEqual(new Map([['crm.deal.list', { operatingSeconds: 2, operatingResetAt: 1201 }]]))
  expect(billed).toEqual(new Map([['crm.deal.list', 3]]))
})
