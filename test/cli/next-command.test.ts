import { expect, test } from 'vitest'
import { nextStep } from '../../src/cli/next-command.ts'

test.each([
  [5, 'transport.reset', 'run again: bx24 get-all x'],
  [5, 'transport.certificate', undefined], // stays so until somebody does something
  [5, 'transport.proxy', undefined],
  [130, 'run.interrupted', 'run again: bx24 get-all x'],
  [1, 'portal.refused', undefined],
])('after exit code %i for %s the next step is %j', (exitCode, code, step) => {
  expect(nextStep(exitCode, ['get-all', 'x'], code)).toBe(step)
})
