import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Certificate } from './certificates.ts'

/** A portal on this machine that speaks https and knows one row; answers its port. Gone when the test has finished. */
export async function tlsPortal({ cert, key }: Certificate): Promise<number> {
  const server = createServer({ cert, key }, (request, response) => {
    request.resume().once('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"result":[{"ID":"1"}],"total":1,"time":{"duration":0.1}}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
