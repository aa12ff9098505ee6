import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { PortalAnswer } from './answer.ts'
import type { TextAnswer } from './introspection.ts'
import { Portal } from './portal.ts'
import type { SandboxSettings } from './settings.ts'

/** Longer than clients keep their connections, so that a reset is always a fault that was asked for. */
const KEEP_ALIVE_MS = 120_000
const GZIP_LEVEL = 1

/** A sandbox portal that listens on loopback. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT/rest/1/CODE/`. */
  readonly webhook: string
  readonly port: number
  readonly portal: Portal
  /** Stops listening and destroys open connections, also those that hang. */
  close(): Promise<void>
}

/**
 * Starts a sandbox portal on 127.0.0.1.
 * @param options port 0, the default, is any free one
 * @throws the error of `listen`, if the port is taken
 */
export async function startSandbox(
  settings: SandboxSettings,
  options: { port?: number } = {},
): Promise<Sandbox> {
  const portal = new Portal(settings)
  const server = createServer((request, response) => {
    void respond(portal, request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.requestTimeout = 0
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  return {
    webhook: `http://127.0.0.1:${port}${portal.webhookPath}`,
    port,
    portal,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function respond(portal: Portal, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const method = request.method ?? 'GET'
  const path = request.url ?? '/'
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
  const inspected = portal.inspect({ method, path, headers })
  if (inspected !== undefined) {
    await stream(response, inspected)
    return
  }
  const answer = await portal.handle({ method, path, headers, body: Buffer.concat(chunks) })
  const isZipped = portal.settings.isGzip && (headers['accept-encoding'] ?? '').includes('gzip')
  send(response, isZipped ? zipped(answer) : answer)
}

function zipped(answer: PortalAnswer): PortalAnswer {
  const body = gzipSync(answer.body, { level: GZIP_LEVEL })
  return { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body }
}

/** Sends an answer, or lets the connection fail in the way that `wire` says. */
function send(response: ServerResponse, answer: PortalAnswer): void {
  const { status, headers, body, wire, onSent = () => undefined, onClosed } = answer
  if (onClosed !== undefined) response.socket?.once('close', onClosed)
  if (wire === 'hang') return
  if (wire === 'reset-before' || wire === 'lost-reply') {
    response.socket?.resetAndDestroy()
    return
  }
  response.writeHead(status, { ...headers, 'content-length': String(body.length) })
  if (wire === 'reset-middle') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.resetAndDestroy())
    return
  }
  response.end(body, onSent)
}

/** Writes as fast as the reader reads. */
async function stream(response: ServerResponse, { status, contentType, chunks }: TextAnswer): Promise<void> {
  response.writeHead(status, { 'content-type': contentType })
  for (const chunk of chunks) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.on('drain', go)
    response.on('close', go)
  })
}
