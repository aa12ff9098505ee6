import { Ajv } from 'ajv'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { parseCsv } from '../support/parse-csv.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list']
const SCHEMA = new URL('../../docs/manifest-schema.json', import.meta.url)
const isManifest = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
)

type Manifest = Record<string, unknown> & { readonly output: Record<string, unknown> }

interface Proven extends CliRun {
  readonly manifest: Manifest
  readonly cwd: string
}

/** A run with a manifest, which has to be as its schema says. */
async function provenRun(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Proven> {
  const cwd = tempFolder()
  const run = await runCli([...words, '--manifest', 'manifest.json'], { cwd, env, timeoutMs: 60_000 })
  const manifest = JSON.parse(readFileSync(join(cwd, 'manifest.json'), 'utf8')) as Manifest
  isManifest(manifest)
  expect(isManifest.errors).toBeNull()
  expect(manifest['exit']).toBe(run.code)
  expect(readdirSync(cwd).filter((name) => name.endsWith('.new'))).toEqual([])
  return { ...run, manifest, cwd }
}

function factsOf(path: string): { bytes: number; sha256: string } {
  const bytes = readFileSync(path)
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

describe('--manifest', () => {
  test.each(['deals.ndjson', 'deals.csv.gz', 'deals.json'])(
    'says what is in %s, and how its end was shown',
    async (file) => {
      const words = [
        ...DEALS,
        '--sandbox=rows=300,ids=dense',
        '--where',
        'ID > 20',
        '--select',
        'TITLE',
        '-o',
        file,
      ]
      const { code, stderr, manifest, cwd } = await provenRun(words)
      expect([code, stderr]).toEqual([0, ''])
      expect(manifest).toMatchObject({
        method: 'crm.deal.list',
        parameters: { select: ['ID', 'TITLE'] },
        range: { after: 20, upTo: null },
        portal: { actingUserId: '1' },
        complete: true,
        error: null,
        rows: 280,
        firstId: 21,
        lastId: 300,
        end: { by: 'seen-id', id: 300 },
        unreadable: [],
        verified: null,
        output: { file, isReplaced: true, ...factsOf(join(cwd, file)) },
      })
      expect(Date.parse((manifest['portalClock'] as { first: string }).first)).toBeGreaterThan(
        Date.now() - 60_000,
      )
      expect(statSync(join(cwd, 'manifest.json')).mode & 0o077).toBe(0)
    },
  )

  test.each([
    ['crm.status.list', [], { by: 'method' }],
    ['department.get', [], { by: 'count', total: 12 }],
    ['crm.deal.list', ['--limit', '7'], { by: 'limit' }],
    ['crm.lead.list', ['--where', 'ID > 999999999'], { by: 'short-page' }],
  ])('says how the end of %s %j was shown', async (method, words, end) => {
    const { code, manifest } = await provenRun(['get-all', method, '--sandbox=rows=300', ...words])
    expect([code, (manifest['end'] as { by: string }).by]).toEqual([0, end.by])
    expect(manifest.output).toEqual({ file: null, isReplaced: false, bytes: null, sha256: null })
  })

  test('speaks of rows by their ids', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'ids.txt'), '1\n2\n3\n')
    const words = [...DEALS, '--sandbox=rows=30,ids=dense', '--ids', join(cwd, 'ids.txt')]
    const { manifest } = await provenRun(words)
    expect(manifest).toMatchObject({ rows: 3, end: { by: 'ids' }, complete: true })
  })

  test('is written by a run that fails, and says what became of the rows', async () => {
    const words = [
      ...DEALS,
      '--sandbox=rows=9000,fault=http-502@5-1000',
      '--retries',
      '0',
      '-o',
      'deals.ndjson',
    ]
    const { code, manifest, cwd } = await provenRun([...words, '--batch-size', '10'])
    expect(code).toBe(5)
    const partial = { file: 'deals.ndjson.partial', isReplaced: false }
    expect(manifest).toMatchObject({
      complete: false,
      end: null,
      error: { code: 'transport.server-error' },
      output: { ...partial, ...factsOf(join(cwd, 'deals.ndjson.partial')) },
    })
  })

  test('has no secrets in it, and replaces the one before', async () => {
    const portal = await fakePortal(always({ error: 'NO_AUTH_FOUND', error_description: 'Wrong' }))
    const { code, manifest } = await provenRun([...DEALS, '-p', 'auth_id=abcdefgh1234'], {
      BX24_WEBHOOK: portal.webhook(),
    })
    expect(code).not.toBe(0)
    expect(manifest).toMatchObject({ complete: false, rows: 0 })
    const text = JSON.stringify(manifest)
    for (const secret of [/\/rest\/\d+\/([^/]+)/.exec(portal.webhook())?.[1] ?? '?', 'abcdefgh1234'])
      expect(text).not.toContain(secret)
  })

  test('that cannot be written is refused before anything is sent', async () => {
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=3', '--manifest', 'no/such/folder.json'])
    expect(code).toBe(2)
    expect(stderr).toContain('--manifest: no/such/folder.json cannot be written: ENOENT')
  })

  test('is not the file of the rows', async () => {
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=3', '--manifest', 'a', '-o', 'a'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--manifest and --output name the same file')])
  })
})

describe('a row that cannot be read', () => {
  test('is named, in the manifest too; the others wait beside the file, with exit code 3', async () => {
    const words = [
      ...DEALS,
      '--sandbox=rows=3000,ids=dense,poison=http-500@1234',
      '--retries',
      '1',
      '-o',
      'deals.ndjson',
    ]
    const { code, stderr, manifest, cwd } = await provenRun(words)
    expect(code).toBe(3)
    expect(stderr).toContain('The row with the id 1234 cannot be read')
    expect(manifest).toMatchObject({
      complete: false,
      rows: 2999,
      end: { by: 'seen-id', id: 3000 },
      unreadable: [{ id: 1234, code: 'portal.refused' }],
      error: { code: 'walk.unreadable' },
    })
    const ids = readFileSync(join(cwd, 'deals.ndjson.partial'), 'utf8').trimEnd().split('\n')
    expect(ids.map((line) => Number((JSON.parse(line) as { ID: string }).ID))).toEqual(
      Array.from({ length: 3000 }, (_, at) => at + 1).filter((id) => id !== 1234),
    )
  })

  test('does not keep --accept-partial from taking the others', async () => {
    const words = [
      ...DEALS,
      '--sandbox=rows=300,ids=dense,poison=failing-command@7',
      '--retries',
      '0',
      '-o',
      'deals.csv',
    ]
    const { code, manifest, cwd } = await provenRun([...words, '--accept-partial'])
    expect([code, manifest.output['file'], manifest.output['isReplaced']]).toEqual([3, 'deals.csv', true])
    expect(parseCsv(readFileSync(join(cwd, 'deals.csv'), 'utf8'))).toHaveLength(300)
  })
})

describe('--verify', () => {
  test('finds rows that pages leave out, and names them', async () => {
    const sandbox = '--sandbox=rows=3000,ids=dense,poison=hidden@1234,poison=hidden@77'
    const { code, stderr, manifest } = await provenRun([...DEALS, sandbox, '--verify', '-o', 'deals.ndjson'])
    expect(code).toBe(3)
    expect(stderr).toContain('2 rows with the ids 77, 1234 that the portal counts were not written')
    expect(manifest).toMatchObject({
      rows: 2998,
      complete: false,
      error: { code: 'walk.verify-missing' },
      verified: { counted: 3000, missing: [77, 1234], changed: [], gone: [] },
    })
    const unverified = await runCli([...DEALS, sandbox])
    expect(unverified.code).toBe(0)
  })

  test('takes a row that cannot be read for one that is accounted for', async () => {
    const sandbox = '--sandbox=rows=300,ids=dense,poison=http-500@123'
    const { manifest } = await provenRun([...DEALS, sandbox, '--retries', '0', '--verify'])
    expect(manifest).toMatchObject({ error: { code: 'walk.unreadable' }, unreadable: [{ id: 123 }] })
  })

  test.each(['inserts', 'updates', 'deletes'])('reports no loss while somebody %s', async (change) => {
    const sandbox = `--sandbox=rows=5000,fault=${change}=20%`
    const where = ['--where', 'STAGE_ID in NEW,WON,PREPARATION']
    for (const words of [[], where]) {
      const { code, stderr, manifest } = await provenRun([
        ...DEALS,
        sandbox,
        ...words,
        '--verify',
        '-o',
        'deals.csv',
      ])
      expect([code, stderr]).toEqual([0, ''])
      expect(manifest).toMatchObject({ complete: true, verified: { missing: [] } })
    }
  })

  test('compares the count of a list that is read page by page', async () => {
    const { code, manifest } = await provenRun([
      'get-all',
      'department.get',
      '--sandbox=rows=300',
      '--verify',
    ])
    expect([code, manifest['verified']]).toMatchObject([0, { missing: [], counted: manifest['rows'] }])
  })

  test('says where it cannot be done', async () => {
    const whole = await runCli(['get-all', 'crm.status.list', '--sandbox=rows=3', '--verify'])
    expect([whole.code, whole.stderr]).toEqual([2, expect.stringContaining('crm.status.list has none')])
    const portal = await fakePortal(always({ result: [] }))
    const uncounted = await provenRun([...DEALS, '--verify', '--retries', '0'], {
      BX24_WEBHOOK: portal.webhook(),
    })
    expect([uncounted.code, uncounted.manifest]).toMatchObject([
      3,
      { error: { code: 'walk.verify-uncounted' } },
    ])
    const ids = await runCli([...DEALS, '--sandbox=rows=3', '--verify', '--ids', '-'])
    expect([ids.code, ids.stderr]).toEqual([2, expect.stringContaining('--ids names every row')])
  })
})

describe('a run that goes on with an earlier one', () => {
  test('knows of a row that the earlier one could not read', async () => {
    const settings = {
      rows: '4000',
      ids: 'dense',
      plan: 'box',
      poison: 'failing-command@100',
      'page-ms': '1',
    }
    const sandbox = await startSandbox(sandboxSettings(settings))
    onTestFinished(() => sandbox.close())
    const cwd = tempFolder()
    const options = { cwd, env: { BX24_WEBHOOK: sandbox.webhook } }
    const words = [...DEALS, '--resume', '-o', 'deals.ndjson', '--retries', '1', '--concurrency', '1']
    const faults = (text: string): unknown =>
      sandbox.portal.inspect({ method: 'POST', path: `/_sandbox/faults?${text}` })
    faults('fault=reset-before@28-1000000')
    const first = await runCli([...words, '--batch-size', '4', '--manifest', 'manifest.json'], options)
    expect([first.code, first.stderr]).toEqual([5, expect.stringContaining('with the id 100 cannot be read')])
    faults('')
    const second = await runCli([...words, '--manifest', 'manifest.json'], options)
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringContaining('The row with the id 100 cannot be read'),
    ])
    const manifest = JSON.parse(readFileSync(join(cwd, 'manifest.json'), 'utf8')) as Manifest
    isManifest(manifest)
    expect(isManifest.errors).toBeNull()
    expect(manifest).toMatchObject({ rows: 3999, firstId: null, lastId: 4000, unreadable: [{ id: 100 }] })
    // It could not come by going on, so the next run begins anew.
    expect(existsSync(join(cwd, 'deals.ndjson.checkpoint'))).toBe(false)
  })

  test('cannot be verified', async () => {
    const words = [...DEALS, '--sandbox=rows=3', '--verify', '--resume', '-o', 'a']
    const { code, stderr } = await runCli(words)
    expect([code, stderr]).toEqual([2, expect.stringContaining('--verify needs the ids of all rows')])
  })
})
