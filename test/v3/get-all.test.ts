import { describe, expect, it } from 'vitest'
import { portalV3, type V3Options, type V3Portal } from '../support/portal-v3.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'

type Asked = V3Portal['asked']

async function getAll(
  options: V3Options,
  ...words: string[]
): Promise<CliRun & { asked: Asked; rows: unknown[] }> {
  const portal = await portalV3(options)
  const run = await runCli(['get-all', ...words], { env: { BX24_WEBHOOK: portal.webhook() } })
  const rows = run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)
  return { ...run, asked: portal.asked, rows }
}

const bodies = (asked: Asked): unknown[] => asked.map(({ body }) => body)

describe('get-all --api v3', () => {
  it('reads every row by id, with all fields of the tasks themselves', async () => {
    const { code, rows, asked, stderr } = await getAll({ rows: 2300 }, 'tasks.task.list', '--api', 'v3')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(rows.length).toBe(2300)
    expect(rows[0]).toEqual({
      id: 2,
      title: 'Task 2',
      creatorId: 1,
      created: '2026-01-01',
      responsibleId: 2,
      UF_X: '',
    })
    expect(rows.at(-1)).toMatchObject({ id: 3 * 2299 + 2 })
    expect(asked.map(({ path }) => path.replace(/abcdef0123456789/, 'CODE'))).toEqual([
      '/rest/api/1/CODE/tasks.task.field.list',
      ...Array.from({ length: 4 }, () => '/rest/api/1/CODE/tasks.task.list'),
    ])
    const select = ['id', 'title', 'creatorId', 'created', 'responsibleId', 'UF_X']
    expect(bodies(asked).slice(1, 3)).toEqual([
      { order: { id: 'ASC' }, pagination: { limit: 1000 }, select },
      { order: { id: 'ASC' }, pagination: { limit: 1000 }, select, filter: [['id', '>', 2999]] },
    ])
  })

  it('is not fooled by a portal that gives fewer rows than it was asked for', async () => {
    const { code, rows, asked } = await getAll(
      { rows: 450, mostRows: 200 },
      'tasks.task.list',
      '--api',
      'v3',
      '--select',
      'id',
    )
    expect(code).toBe(0)
    expect(rows.length).toBe(450)
    expect(asked.length).toBe(4)
  })

  it('asks for what was selected, and takes the id out again', async () => {
    const { rows, asked } = await getAll(
      { rows: 2 },
      'tasks.task.list',
      '--api',
      'v3',
      '--select',
      'title,cre*',
    )
    expect(rows).toEqual([
      { title: 'Task 2', creatorId: 1, created: '2026-01-01' },
      { title: 'Task 5', creatorId: 1, created: '2026-01-01' },
    ])
    expect(bodies(asked)[1]).toMatchObject({ select: ['id', 'title', 'creatorId', 'created'] })
  })

  it('writes conditions as a list, and takes bounds on the id for those of the walk', async () => {
    const { code, rows, asked } = await getAll(
      { rows: 100 },
      'tasks.task.list',
      ...[
        '--api',
        'v3',
        '--select',
        'id',
        '--where',
        'id > 10',
        '--where',
        'id <= 20',
        '--where',
        'title in Task 11,Task 14,Task 50',
      ],
      ...['-p', 'filter[responsibleId]=2'],
    )
    expect(code).toBe(0)
    expect(rows).toEqual([{ id: 11 }, { id: 14 }])
    expect(bodies(asked)[0]).toMatchObject({
      filter: [
        ['responsibleId', '=', '2'],
        ['title', 'in', ['Task 11', 'Task 14', 'Task 50']],
        ['id', '>', 10],
        ['id', '<=', 20],
      ],
    })
  })

  it('passes a list of conditions through as it is', async () => {
    const { code, asked } = await getAll(
      { rows: 3 },
      'tasks.task.list',
      ...['--api', 'v3', '--select', 'id', '-P', 'filter=[["responsibleId","=",2],["id",">=",3]]'],
    )
    expect(code).toBe(0)
    expect(bodies(asked)[0]).toMatchObject({
      filter: [
        ['responsibleId', '=', 2],
        ['id', '>', 2],
      ],
    })
  })

  it.each([
    ['--where', 'title ~ pump', 'has no "~"'],
    ['--where', 'title not-in a,b', 'has no "not-in"'],
    ['-p', 'filter[%title]=x', 'cannot be said in REST 3.0'],
    ['-P', 'filter=[["id"]]', 'no condition of REST 3.0'],
    ['-P', 'filter=[["id","in",[]]]', 'compares with nothing'],
    ['-p', 'pagination[page]=2', '"pagination" cannot be given'],
    ['-P', 'order={"id":"DESC"}', '"order" cannot be given'],
    ['--where', 'TITLE = x', 'Write title.'],
    ['--verify', '', 'REST 3.0 counts no rows'],
    ['--api', 'v4', '--api'],
  ])('refuses %s %s before anything is sent', async (option, value, words) => {
    const given = value === '' ? [option] : [option, value]
    const api = option === '--api' ? [] : ['--api', 'v3']
    const { code, asked, stderr } = await getAll({ rows: 3 }, 'tasks.task.list', ...api, ...given)
    expect(code).toBe(2)
    expect(asked).toEqual([])
    expect(stderr).toContain(words)
  })

  it('takes the older method of the same name unless told otherwise', async () => {
    const { code, asked } = await getAll({ rows: 3 }, 'tasks.task.list')
    expect(code).not.toBe(0)
    expect(asked.map(({ path }) => path)).toEqual(['/rest/1/abcdef0123456789/batch.json'])
  })

  it('finds a method that exists only there', async () => {
    const { code, rows, asked } = await getAll({ rows: 2 }, 'tasks.task.field.list')
    expect(code).toBe(0)
    expect(rows.length).toBe(8)
    expect(asked[0]?.path).toBe('/rest/api/1/abcdef0123456789/tasks.task.field.list')
  })

  it('gets rows by their ids', async () => {
    const portal = await portalV3({ rows: 100 })
    const run = await runCli(['get-all', 'tasks.task.list', '--api', 'v3', '--select', 'id', '--ids', '-'], {
      env: { BX24_WEBHOOK: portal.webhook() },
      stdin: '14\n2\n5\n',
    })
    expect(run.stdout).toBe('{"id":14}\n{"id":2}\n{"id":5}\n')
    expect(bodies(portal.asked)).toEqual([
      { order: { id: 'ASC' }, select: ['id'], filter: [['id', 'in', [14, 2, 5]]] },
    ])
  })

  it('goes on behind an id', async () => {
    const { rows } = await getAll(
      { rows: 5 },
      'tasks.task.list',
      '--api',
      'v3',
      '--select',
      'id',
      '--after-id',
      '8',
    )
    expect(rows).toEqual([{ id: 11 }, { id: 14 }])
  })

  it('says that ids do not rise, and ends with what it got', async () => {
    const items = [{ id: 5 }, { id: 4 }]
    const before = () => ({ body: { result: { items }, time: {} } })
    const { code, stderr } = await getAll({ before }, 'tasks.task.list', '--api', 'v3', '--select', 'id')
    expect(code).toBe(3)
    expect(stderr).toContain('does not answer in ascending id behind 5')
  })

  it('follows the cursor of the event log', async () => {
    const { code, rows, asked } = await getAll({ rows: 120 }, 'main.eventlog.tail')
    expect(code).toBe(0)
    expect(rows.length).toBe(120)
    const values = bodies(asked).map((body) => (body as { cursor: { value: number } }).cursor.value)
    expect(values).toEqual([0, 149, 299, 359])
  })

  it('does not put the field of a cursor into the filter', async () => {
    const { code, asked, stderr } = await getAll({ rows: 3 }, 'main.eventlog.tail', '--where', 'id > 5')
    expect(code).toBe(2)
    expect(asked).toEqual([])
    expect(stderr).toContain('main.eventlog.list')
  })
})
