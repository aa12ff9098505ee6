import { describe, expect, it } from 'vitest'
import { portalV3, type V3Answer } from '../support/portal-v3.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'

async function raw(
  before: (() => V3Answer) | undefined,
  ...words: string[]
): Promise<CliRun & { paths: string[]; bodies: unknown[] }> {
  const portal = await portalV3({ rows: 2, ...(before === undefined ? {} : { before }) })
  const run = await runCli(['raw', ...words], { env: { BX24_WEBHOOK: portal.webhook() } })
  return { ...run, paths: portal.asked.map(({ path }) => path), bodies: portal.asked.map(({ body }) => body) }
}

function refusing(code: string, status: number, more: object = {}): () => V3Answer {
  return () => ({
    status,
    body: { error: { code: `BITRIX_REST_V3_EXCEPTION_${code}`, message: 'No.', ...more } },
  })
}

describe('raw --api v3', () => {
  it('sends a body as it is, and prints the answer as it is', async () => {
    const { code, stdout, paths, bodies } = await raw(
      undefined,
      'tasks.task.list',
      '--api',
      'v3',
      '--data',
      '{"filter":[["id","=",5]],"select":["id"]}',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ result: { items: [{ id: 5 }] } })
    expect(paths).toEqual(['/rest/api/1/abcdef0123456789/tasks.task.list'])
    expect(bodies).toEqual([{ filter: [['id', '=', 5]], select: ['id'] }])
  })

  it('prints a document without an envelope, of a method that is found by itself', async () => {
    const { code, stdout } = await raw(undefined, 'rest.documentation.openapi')
    expect(code).toBe(0)
    expect(stdout).toBe('{"openapi":"3.0.0","paths":{}}')
  })

  it('sends a batch as an array', async () => {
    const { code, stdout } = await raw(
      undefined,
      'batch',
      '--api',
      'v3',
      '--data',
      '[{"method":"tasks.task.get","query":{"id":2}}]',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ result: [{ item: { id: 2 } }] })
  })

  it('asks before a batch that deletes', async () => {
    const { code, paths } = await raw(
      undefined,
      'batch',
      '--api',
      'v3',
      '--data',
      '[{"method":"tasks.task.delete","query":{"id":2}}]',
    )
    expect(code).toBe(2)
    expect(paths).toEqual([])
  })

  it.each([
    ['ACCESSDENIEDEXCEPTION', 403, 4, 'needs the right'],
    ['ACCESSDENIEDEXCEPTION', 401, 4, 'Check the webhook'],
    ['INSUFFICIENTSCOPEEXCEPTION', 403, 4, 'scope'],
    ['LICENSEEXCEPTION', 403, 4, 'subscription'],
    ['UNKNOWNDTOPROPERTYEXCEPTION', 400, 1, 'field.list'],
    ['INVALIDFILTEREXCEPTION', 400, 1, '--where'],
    ['INVALIDJSONEXCEPTION', 400, 1, 'JSON'],
    ['METHODNOTFOUNDEXCEPTION', 404, 1, '--api v2'],
    ['IDEMPOTENCYKEYREUSEDEXCEPTION', 422, 1, 'key of this row'],
    ['INTERNAL_INTERNALEXCEPTION', 500, 5, 'INTERNAL'],
  ])('knows %s (HTTP %i)', async (name, status, exitCode, words) => {
    const { code, stderr } = await raw(
      refusing(name, status),
      'tasks.task.get',
      '--api',
      'v3',
      '--retries',
      '0',
    )
    expect(stderr).toContain(`BITRIX_REST_V3_EXCEPTION_${name}: No.`)
    expect(stderr).toContain(words)
    expect(code).toBe(exitCode)
  })

  it('waits for the seconds of a method, as long as it may', async () => {
    const { code, stderr } = await raw(
      refusing('RATELIMITEXCEPTION', 429),
      'tasks.task.get',
      '--api',
      'v3',
      '--max-wait',
      '1s',
    )
    expect(code).toBe(5)
    expect(stderr).toContain('operating time')
  })

  it('says what is wrong with which field', async () => {
    const validation = [{ field: 'id', message: 'Required field is missing' }, { message: 'Something' }]
    const { stderr } = await raw(
      refusing('VALIDATION_REQUESTVALIDATIONEXCEPTION', 400, { validation }),
      'tasks.task.get',
      '--api',
      'v3',
    )
    expect(stderr).toContain('No. (id: Required field is missing; Something)')
  })

  it('knows the refusals of the older form, which come in front of REST 3.0', async () => {
    const body = { error: 'insufficient_scope', error_description: 'More privileges.' }
    const { code } = await raw(() => ({ status: 401, body }), 'tasks.task.get', '--api', 'v3')
    expect(code).toBe(4)
  })

  it('points to REST 3.0 where the older interface has no such method', async () => {
    const body = { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' }
    const { code, stderr } = await raw(() => ({ status: 404, body }), 'some.new.list')
    expect(code).toBe(1)
    expect(stderr).toContain('--api v3')
  })

  it('shows nothing of the webhook in a trace', async () => {
    const { stderr } = await raw(undefined, 'tasks.task.get', '--api', 'v3', '-P', 'id=2', '--trace-http')
    expect(stderr).toContain('/rest/api/1/***/tasks.task.get')
    expect(stderr).not.toContain('abcdef0123456789')
  })
})

describe('batch --api v3', () => {
  it('is refused with what to do instead', async () => {
    const portal = await portalV3()
    const run = await runCli(['batch', '--api', 'v3'], { env: { BX24_WEBHOOK: portal.webhook() }, stdin: '' })
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('bx24 raw batch --api v3')
    expect(portal.asked).toEqual([])
  })
})
