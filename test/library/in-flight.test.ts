import { expect, test } from 'vitest'
import type { Engine } from '../../src/engine/caller.ts'
import { watched } from '../../src/library/in-flight.ts'
import { portalInProcess } from '../support/portal-in-process.ts'

test('walks know the limits that are left, as those of the command line do', () => {
  const engine = portalInProcess({}, { plan: 'standard' }).caller as Engine
  const { engine: seen } = watched(engine)
  expect(seen.bucket).toEqual(engine.bucket)
  expect(seen.bucket).toBeDefined()
  expect(seen.secondsLeft?.('crm.deal.list', 0)).toBeCloseTo(475.2)
})
