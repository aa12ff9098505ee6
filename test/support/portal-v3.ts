import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FakePortal, fakePortal } from './fake-portal.ts'

type Row = Readonly<Record<string, unknown>>
type Condition = readonly [field: string, operator: string, value: unknown]

export interface V3Request {
  readonly path: string
  readonly method: string
  readonly body: unknown
  readonly key: string | undefined
}

export interface V3Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The connection breaks instead. */
  readonly isLost?: boolean
}

export interface V3Options {
  readonly rows?: number
  /** Most rows of a page, whatever was asked for. */
  readonly mostRows?: number
  /** Looks at a request first: what it answers is the answer, and nothing is carried out. */
  readonly before?: (request: V3Request, number: number) => V3Answer | undefined
  /** Looks at an answer last, when the work is done. */
  readonly after?: (request: V3Request, answer: V3Answer, number: number) => V3Answer
}

export interface V3Portal extends FakePortal {
  readonly asked: readonly V3Request[]
  /** Titles of tasks that were added, in order. */
  readonly added: string[]
}

const FIELDS = ['id', 'title', 'creatorId', 'creator', 'created', 'responsibleId', 'responsible', 'UF_X']
const OBJECTS = new Set(['creator', 'created', 'responsible'])

class Refused extends Error {
  readonly code: string
  readonly validation: unknown

  constructor(code: string, message: string, validation?: unknown) {
    super(message)
    this.code = code
    this.validation = validation
  }
}

/** A portal that has tasks by REST 3.0 and nothing else, as the documentation and the module's source describe it. */
export async function portalV3(options: V3Options = {}): Promise<V3Portal> {
  const asked: V3Request[] = []
  const added: string[] = []
  const kept = new Map<string, { text: string; answer: V3Answer }>()
  const tasks: Row[] = Array.from({ length: options.rows ?? 0 }, (_, index) => taskOf(3 * index + 2))

  function call(method: string, query: unknown): unknown {
    const params = (query ?? {}) as Record<string, unknown>
    switch (method) {
      case 'tasks.task.list':
        return { items: listed(tasks, params, options.mostRows ?? 1000) }
      case 'tasks.task.field.list':
        return { items: FIELDS.map((name) => ({ name, type: OBJECTS.has(name) ? 'object' : 'string' })) }
      case 'main.eventlog.tail':
        return { items: tail(tasks, params, options.mostRows ?? 50) }
      case 'tasks.task.get': {
        const task = tasks.find(({ id }) => id === params['id'])
        if (task === undefined) throw new Refused('ENTITYNOTFOUNDEXCEPTION', 'Not there.')
        return { item: task }
      }
      case 'tasks.task.add': {
        const { title } = params['fields'] as { title?: string }
        if (title === undefined || title === '') {
          const validation = [{ field: 'title', message: 'Required field `title` is missing' }]
          throw new Refused('VALIDATION_REQUESTVALIDATIONEXCEPTION', 'Not valid.', validation)
        }
        added.push(title)
        return { item: { id: 1000 + added.length } }
      }
      case 'batch':
        return (query as { method: string; query: unknown }[]).map((item) => call(item.method, item.query))
      default:
        throw new Refused('METHODNOTFOUNDEXCEPTION', `No ${method}.`)
    }
  }

  function answerTo(request: V3Request): V3Answer {
    if (request.method === 'rest.documentation.openapi') return { body: { openapi: '3.0.0', paths: {} } }
    const { key } = request
    const text = JSON.stringify(request.body)
    const before = key === undefined ? undefined : kept.get(key)
    if (before !== undefined) {
      if (before.text === text) return { ...before.answer, headers: { 'Idempotent-Replayed': 'true' } }
      return refusal(new Refused('IDEMPOTENCYKEYREUSEDEXCEPTION', 'Other body.'), 422)
    }
    try {
      const answer = { body: { result: call(request.method, request.body), time: { duration: 0.01 } } }
      if (key !== undefined) kept.set(key, { text, answer })
      return answer
    } catch (error) {
      if (error instanceof Refused) return refusal(error, 400)
      throw error
    }
  }

  const portal = await fakePortal((request, response) => {
    const number = asked.length
    const wanted = requestOf(request, portal.bodies[number] ?? Buffer.alloc(0))
    asked.push(wanted)
    const early = options.before?.(wanted, number)
    const done = early ?? answerTo(wanted)
    send(response, early === undefined ? (options.after?.(wanted, done, number) ?? done) : early)
  })
  return { ...portal, asked, added }
}

function requestOf({ url = '', headers, method }: IncomingMessage, body: Buffer): V3Request {
  const [, name = ''] = /^\/rest\/api\/1\/[^/]+\/([\w.]+)$/.exec(url) ?? []
  const isJson = method === 'POST' && headers['content-type'] === 'application/json'
  return {
    path: url,
    method: name,
    body: isJson ? JSON.parse(body.toString()) : undefined,
    key: headers['idempotency-key'] as string | undefined,
  }
}

function send(response: ServerResponse, { status = 200, body, headers = {}, isLost }: V3Answer): void {
  if (isLost === true) response.destroy()
  else
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function refusal({ code, message, validation }: Refused, status: number): V3Answer {
  return { status, body: { error: { code: `BITRIX_REST_V3_EXCEPTION_${code}`, message, validation } } }
}

function taskOf(id: number): Row {
  return { id, title: `Task ${id}`, creatorId: 1, created: '2026-01-01', responsibleId: 2, UF_X: '' }
}

function listed(rows: readonly Row[], params: Record<string, unknown>, most: number): Row[] {
  const {
    filter = [],
    order,
    select,
    pagination = {},
  } = params as {
    filter?: Condition[]
    order?: Row
    select?: string[]
    pagination?: { limit?: number; offset?: number }
  }
  if (!Array.isArray(filter)) throw new Refused('INVALIDFILTEREXCEPTION', 'No list.')
  const found = rows.filter((row) => filter.every((condition) => holds(row, condition)))
  const sorted = order?.['id'] === 'ASC' ? found : found.toReversed()
  const { limit = 50, offset = 0 } = pagination
  return sorted.slice(offset, offset + Math.min(limit, most)).map((row) => selected(row, select))
}

function tail(rows: readonly Row[], params: Record<string, unknown>, most: number): Row[] {
  const { cursor = {}, filter = [] } = params as {
    cursor?: { value?: number; limit?: number }
    filter?: Condition[]
  }
  const { value = 0, limit = 50 } = cursor
  if (filter.some(([field]) => field === 'id'))
    throw new Refused('INVALIDFILTEREXCEPTION', 'Cursor field id.')
  return rows.filter(({ id }) => Number(id) > value).slice(0, Math.min(limit, most))
}

/** Without a selection there is the id alone; names that nobody knows are passed over. */
function selected(row: Row, select: readonly string[] = ['id']): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => select.includes(name)))
}

function holds(row: Row, [field, operator, value]: Condition): boolean {
  if (!FIELDS.includes(field)) throw new Refused('UNKNOWNDTOPROPERTYEXCEPTION', `Unknown field ${field}.`)
  const own = row[field] as number
  switch (operator) {
    case '=':
      return String(own) === String(value)
    case '>':
      return own > Number(value)
    case '<=':
      return own <= Number(value)
    case 'in':
      return (value as unknown[]).map(String).includes(String(own))
    default:
      throw new Refused('UNKNOWNFILTEROPERATOREXCEPTION', operator)
  }
}
