import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Documented, isObject, type Json, type JsonObject } from './corpus.ts'
import { type Reading, USUAL_READING } from './dialects.ts'
import { type Asked, parsedCommand } from './requests.ts'
import { Refused, ServedList } from './served-list.ts'

const CODE = 'abcdef0123456789'
const TIME = { start: 1, finish: 1.01, duration: 0.01, processing: 0.01, operating: 0 }

/** A portal over HTTP that knows what the documentation tells, and nothing else. */
export class DocumentedPortal {
  readonly #lists: ReadonlyMap<string, ServedList>
  readonly #server: Server
  requests = 0

  constructor(documented: readonly Documented[], reading: Reading = USUAL_READING) {
    this.#lists = new Map(
      documented.map((one) => [keyOf(one.entry.method, one.entry.api), new ServedList(one, reading)]),
    )
    this.#server = createServer((request, response) => void this.#handle(request, response))
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  get webhook(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/rest/1/${CODE}/`
  }

  list(method: string, api: 'v2' | 'v3'): ServedList {
    const found = this.#lists.get(keyOf(method, api))
    if (found === undefined) throw new Error(`${method} is not served`)
    return found
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const [, api, method = ''] =
      /^\/rest\/(api\/)?1\/[^/]+\/([\w.]+?)(?:\.json)?(?:\?|$)/.exec(request.url ?? '') ?? []
    const body = (text === '' ? {} : JSON.parse(text)) as Json
    const { status, answer } = api === undefined ? this.#v2(method, body) : this.#v3(method, body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #v2(method: string, body: Json): { status: number; answer: JsonObject } {
    const params = paramsOf(body)
    try {
      if (method === 'batch') return { status: 200, answer: this.#batch(params) }
      return { status: 200, answer: this.#answer({ method, params }) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { status: 400, answer: { error: 'ERROR_ARGUMENT', error_description: error.message } }
    }
  }

  #answer({ method, params }: Asked): JsonObject {
    const list = this.#lists.get(keyOf(method, 'v2'))
    if (list === undefined) throw new Refused(`no method ${method}`)
    return { time: TIME, ...list.answer(params) }
  }

  #batch({ cmd }: JsonObject): JsonObject {
    const parts = {
      result: {},
      result_error: {},
      result_total: {},
      result_next: {},
      result_time: {},
    } as Record<string, Record<string, Json>>
    for (const [name, command] of Object.entries(isObject(cmd) ? cmd : {})) {
      const note = (part: string, value: Json | undefined): void => {
        if (value !== undefined) (parts[part] ??= {})[name] = value
      }
      try {
        const { result, total, next, time } = this.#answer(
          parsedCommand(typeof command === 'string' ? command : '', parts['result'] ?? {}),
        )
        note('result', result)
        note('result_total', total)
        note('result_next', next)
        note('result_time', time)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        note('result_error', { error: 'ERROR_ARGUMENT', error_description: error.message })
      }
    }
    const filled = Object.entries(parts).map(([part, values]) => [
      part,
      Object.keys(values).length === 0 ? [] : values,
    ])
    return { result: Object.fromEntries(filled) as JsonObject, time: TIME }
  }

  #answerV3(method: string, params: Json): JsonObject {
    const list = this.#lists.get(keyOf(method, 'v3'))
    if (list === undefined) throw new Refused(`no method ${method}`)
    return { time: TIME, ...list.answer(paramsOf(params)) }
  }

  #v3(method: string, body: Json): { status: number; answer: JsonObject } {
    try {
      if (method !== 'batch') return { status: 200, answer: this.#answerV3(method, body) }
      const commands = Object.values(paramsOf(body))
      const results = commands.map((command) => {
        const { method: name, query = {} } = paramsOf(command)
        return this.#answerV3(typeof name === 'string' ? name : '', query)['result'] ?? null
      })
      return { status: 200, answer: { time: TIME, result: results } }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { status: 400, answer: { error: { code: 'BITRIX_REST_V3_EXCEPTION', message: error.message } } }
    }
  }
}

function keyOf(method: string, api: 'v2' | 'v3'): string {
  return `${api} ${method.toLowerCase()}`
}

function paramsOf(body: Json): JsonObject {
  return isObject(body) ? body : Object.fromEntries(Object.entries(body ?? {}))
}
