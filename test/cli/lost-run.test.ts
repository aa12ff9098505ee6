import { expect, test } from 'vitest'
import { brokenFiles } from '../support/broken-files.ts'
import { runCli } from '../support/run-cli.ts'

const RUN = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson']
test('a promise that nobody keeps ends with 70 and one line, not with success', async () => {
  const { code, stdout, stderr } = await runCli(RUN, { env: brokenFiles('() => new Promise(() => {})') })
  expect([code, stdout]).toEqual([70, ''])
  expect(stderr).toBe('bx24: internal error: the run came to no end, so its output is not complete.\n')
})

test('an error that nobody caught ends with 70', async () => {
  const env = brokenFiles(
    '() => new Promise(() => { setImmediate(() => { throw new Error("nobody caught me") }) })',
  )
  const { code, stderr } = await runCli(RUN, { env })
  expect(code).toBe(70)
  expect(stderr).toContain('bx24: internal error: nobody caught me\n')
  expect(stderr).not.toContain('came to no end')
})

test('an unexpected error ends with 70', async () => {
  const { code, stderr } = await runCli(RUN, {
    env: brokenFiles('() => { throw new TypeError("unexpected") }'),
  })
  expect(code).toBe(70)
  expect(stderr).toContain('bx24: internal error: unexpected\n')
})
