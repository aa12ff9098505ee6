import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface FakePortal {
  readonly host: string
  /** The address of a webhook with this code. */
  webhook(code?: string): string
  /** The paths asked for so far. */
  readonly requests: readonly string[]
  /** What came with them, byte for byte. */
  readonly bodies: readonly Buffer[]
}

/** A portal that answers as the test says, for answers that no sound portal gives. Gone when the test has finished. */
export async function fakePortal(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakePortal> {
  const requests: string[] = []
  const bodies: Buffer[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      bodies.push(Buffer.concat(chunks))
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { host, requests, bodies, webhook: (code = 'abcdef0123456789') => `http://${host}/rest/1/${code}/` }
}

/** Answers everything with this JSON. */
export function always(body: unknown, status = 200) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

/** Answers nothing, ever. */
export function never(): void {
  // The connection stays open.
}
