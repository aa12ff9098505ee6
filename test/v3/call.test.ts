import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { portalV3, type V3Answer, type V3Options, type V3Portal } from '../support/portal-v3.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

interface Line {
  readonly outcome: string
  readonly replayed?: boolean
  readonly error?: { code: string; description: string; status: number }
}

const ADD = ['call', 'tasks.task.add', '--api', 'v3']

function input(...titles: string[]): string {
  return titles.map((title) => `${JSON.stringify({ fields: { title } })}\n`).join('')
}

function run(portal: V3Portal, words: readonly string[], stdin: string, cwd?: string): Promise<CliRun> {
  return runCli(words, {
    env: { BX24_WEBHOOK: portal.webhook() },
    stdin,
    ...(cwd === undefined ? {} : { cwd }),
  })
}

const lines = ({ stdout }: CliRun): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

const keys = (portal: V3Portal): (string | undefined)[] => portal.asked.map(({ key }) => key)

/** Loses the answer to the request with this number, after the work is done. */
function losing(number: number): V3Options {
  return { after: (_request, answer, at): V3Answer => (at === number ? { isLost: true } : answer) }
}

describe('call --api v3', () => {
  it('sends each write in a call of its own, with a key of its own', async () => {
    const portal = await portalV3()
    const result = await run(portal, ADD, input('a', 'b'))
    expect(result.code).toBe(0)
    expect(portal.added.toSorted()).toEqual(['a', 'b'])
    expect(portal.asked.map(({ path }) => path)).toEqual([
      '/rest/api/1/abcdef0123456789/tasks.task.add',
      '/rest/api/1/abcdef0123456789/tasks.task.add',
    ])
    expect(new Set(keys(portal)).size).toBe(2)
    for (const key of keys(portal)) expect(key).toMatch(/^[0-9a-f]{40}$/)
  })

  it('sends a write again whose answer was lost, and it is done once', async () => {
    const portal = await portalV3(losing(0))
    const result = await run(portal, [...ADD, '--serial'], input('a', 'b'))
    expect(result.code).toBe(0)
    expect(portal.added).toEqual(['a', 'b'])
    const [first, again] = keys(portal)
    expect(again).toBe(first)
    expect(lines(result).map(({ outcome, replayed }) => [outcome, replayed])).toEqual([
      ['done', true],
      ['done', undefined],
    ])
  })

  it('does not do so without keys, by the older interface', async () => {
    const portal = await portalV3({ before: () => ({ isLost: true }) })
    const result = await run(portal, ['call', 'tasks.task.add'], input('a'))
    expect(result.code).toBe(3)
    expect(portal.asked.length).toBe(1)
    expect(lines(result)[0]?.outcome).toBe('unknown')
  })

  it('says in words what is wrong with which field', async () => {
    const portal = await portalV3()
    const result = await run(portal, ADD, input(''))
    expect(result.code).toBe(3)
    expect(lines(result)[0]?.error).toEqual({
      code: 'BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION',
      description: 'Not valid. (title: Required field `title` is missing)',
      status: 400,
    })
  })

  it('ends a run whose key belongs to another body, and says so', async () => {
    const code = 'BITRIX_REST_V3_EXCEPTION_IDEMPOTENCYKEYREUSEDEXCEPTION'
    const portal = await portalV3({
      before: () => ({ status: 422, body: { error: { code, message: 'Used.' } } }),
    })
    const result = await run(portal, ADD, input('a'))
    expect(result.code).toBe(3)
    expect(lines(result)[0]?.error).toEqual({ code, description: 'Used.', status: 422 })
  })

  it('goes on with a journal under the same keys', async () => {
    const cwd = tempFolder()
    const words = [...ADD, 'rows.ndjson', '--journal', 'j', '--retries', '0', '-o', 'out.ndjson']
    const portal = await portalV3({
      // The first run is told nothing of what it has done.
      after: (_request, answer, at) => (at < 1 ? { isLost: true } : answer),
    })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(cwd, 'rows.ndjson'), input('a', 'b'))
    const first = await run(portal, words, '', cwd)
    expect(first.code).not.toBe(0)
    // As a run that was killed leaves it: sent, and no fate.
    const journal = join(cwd, 'j')
    const sent = readFileSync(journal, 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('{"fate"'))
    expect(sent[0]).toContain('"keys":{"seed":')
    writeFileSync(journal, `${sent.slice(0, 2).join('\n')}\n`)
    const second = await run(portal, words, '', cwd)
    expect(second.stderr).toBe('')
    expect(second.code).toBe(0)
    expect(portal.added).toEqual(['a', 'b'])
    expect(keys(portal)[1]).toBe(keys(portal)[0])
    const out = readFileSync(join(cwd, 'out.ndjson'), 'utf8')
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as Line).replayed),
    ).toEqual([true, undefined])
  })

  it('takes an old journal for what it is: the portal has forgotten its keys', async () => {
    const cwd = tempFolder()
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(cwd, 'rows.ndjson'), input('a'))
    const words = [...ADD, 'rows.ndjson', '--journal', 'j', '-o', 'out.ndjson']
    const portal = await portalV3()
    await run(portal, words, '', cwd)
    const journal = join(cwd, 'j')
    const [header = '', sent = ''] = readFileSync(journal, 'utf8').split('\n')
    const yesterday = Date.now() - 24 * 3_600_000
    writeFileSync(journal, `${header.replace(/"since":\d+/, `"since":${yesterday}`)}\n${sent}\n`)
    const again = await run(portal, words, '', cwd)
    expect(again.code).toBe(3)
    expect(portal.asked.length).toBe(1)
    expect(existsSync(join(cwd, 'out.ndjson'))).toBe(true)
  })

  it('shows what it would send', async () => {
    const portal = await portalV3()
    const result = await run(portal, [...ADD, '--dry-run'], input('a'))
    expect(JSON.parse(result.stdout)).toEqual({
      line: 1,
      method: 'tasks.task.add',
      params: { fields: { title: 'a' } },
      alone: 'a write of REST 3.0, with a key of its own',
    })
    expect(portal.asked).toEqual([])
  })
})
