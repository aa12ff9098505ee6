import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ConnectProxy {
  readonly host: string
  /** What it was asked for: `CONNECT portal.example:443`, `POST http://portal.example/…`. */
  readonly requests: readonly string[]
  /** The credentials that were shown to it. */
  readonly authorizations: readonly (string | undefined)[]
}

/**
 * A small proxy for tunnels and plain requests. Wherever it is asked to go, it goes to `target` on this machine, so
 * that hosts which do not exist can be reached through it alone. With `status` it refuses everything; with `silent` it
 * never answers. Gone when the test has finished.
 */
export async function connectProxy(
  target: number,
  { status, silent = false }: { status?: number; silent?: boolean } = {},
): Promise<ConnectProxy> {
  const requests: string[] = []
  const authorizations: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const note = ({ method, url, headers }: IncomingMessage): void => {
    requests.push(`${method ?? ''} ${url ?? ''}`)
    authorizations.push(headers['proxy-authorization'])
  }
  const server = createServer((request, response) => {
    note(request)
    if (!silent) pass(request, response)
  })
  server.on('connect', (request, socket: Socket) => {
    note(request)
    socket.on('error', () => undefined)
    if (silent) return
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket)
      socket.pipe(onward)
    })
    sockets.add(onward)
    onward.on('error', () => socket.destroy())
  })
  server.on('connection', (socket) => sockets.add(socket))

  function pass(request: IncomingMessage, response: ServerResponse): void {
    if (status !== undefined) {
      response.writeHead(status).end()
      return
    }
    const { pathname } = new URL(request.url ?? '', 'http://x')
    const { method = 'GET', headers } = request
    const onward = forward({ host: '127.0.0.1', port: target, path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, authorizations }
}
