import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { idInPage, type PreparedPage, type PreparedRows } from './prepared-rows.ts'
import { readCall, readCommand, type ReplayCommand } from './read-command.ts'

const LIST = 'crm.deal.list'
const ADDRESS = '/rest/1/replay/'
/** Pages cost next to nothing, and say so. */
const TIME = '{"start":1700000000,"finish":1700000000.001,"duration":0.001,"processing":0.001}'

export interface ReplayServer {
  /** `http://127.0.0.1:PORT/rest/1/replay/`. */
  readonly webhook: string
  close(): Promise<void>
}

type Pieces = (string | Buffer)[]

/**
 * Answers lists of deals, alone and in batches, with rows that were prepared beforehand, as fast as the socket takes them:
 * beside it a client shows what it costs itself. Limits and faults it has none.
 *
 * @param answers JSON of the results of other methods, by name
 */
export async function startReplay(
  rows: PreparedRows,
  answers: Readonly<Record<string, string>> = {},
): Promise<ReplayServer> {
  const server = createServer((request, response) => {
    void respond(request, response, rows, answers).catch(() => response.destroy())
  })
  await listening(server)
  const { port } = server.address() as AddressInfo
  return {
    webhook: `http://127.0.0.1:${port}${ADDRESS}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  rows: PreparedRows,
  answers: Readonly<Record<string, string>>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const method = (request.url ?? '').slice(ADDRESS.length).replace(/\.json$/, '')
  const params = JSON.parse(Buffer.concat(chunks).toString() || '{}') as unknown
  const pieces = method === 'batch' ? batch(params, rows, answers) : call(method, params, rows, answers)
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
  response.writeHead(pieces.length === 0 ? 404 : 200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(length),
  })
  response.cork()
  for (const piece of pieces) response.write(piece)
  response.end()
}

/** Nothing if the method is not known. */
function call(
  method: string,
  params: unknown,
  rows: PreparedRows,
  answers: Readonly<Record<string, string>>,
): Pieces {
  const other = answers[method]
  if (method !== LIST && other === undefined) return []
  const command = readCall(method, params)
  const result = other === undefined ? list(rows, command, rows.page(command)) : [other]
  return ['{"result":', ...result, `,"time":${TIME}}`]
}

function batch(params: unknown, rows: PreparedRows, answers: Readonly<Record<string, string>>): Pieces {
  const { cmd } = params as { readonly cmd: Readonly<Record<string, string>> }
  const pages = new Map<string, PreparedPage>()
  const results: Pieces = []
  const errors: string[] = []
  const times: string[] = []
  for (const [name, text] of Object.entries(cmd)) {
    const command = readCommand(text, (earlier, index) => {
      const page = pages.get(earlier)
      return page && idInPage(page, index)
    })
    const other = answers[command.method]
    if (command.method !== LIST && other === undefined) {
      errors.push(`"${name}":{"error":"ERROR_METHOD_NOT_FOUND","error_description":"Method not found!"}`)
      continue
    }
    results.push(`${results.length === 0 ? '' : ','}"${name}":`)
    if (other === undefined) {
      const page = rows.page(command)
      pages.set(name, page)
      results.push(...list(rows, command, page))
    } else {
      results.push(other)
    }
    times.push(`"${name}":${TIME}`)
  }
  return [
    '{"result":{"result":{',
    ...results,
    `},"result_error":${object(errors)},"result_total":[],"result_next":[],"result_time":${object(times)}},"time":${TIME}}`,
  ]
}

function list(rows: PreparedRows, { isIdsOnly }: ReplayCommand, page: PreparedPage): Pieces {
  if (!isIdsOnly) return ['[', ...rows.pieces(page), ']']
  const ids = Array.from({ length: page.count }, (_, index) => `{"ID":"${idInPage(page, index) ?? ''}"}`)
  return [`[${ids.join(',')}]`]
}

/** PHP writes an empty map as a list. */
function object(members: readonly string[]): string {
  return members.length === 0 ? '[]' : `{${members.join(',')}}`
}
