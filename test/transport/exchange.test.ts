import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { MAX_ANSWER_BYTES } from '../../src/protocol/limits.ts'
import { openHttp } from '../../src/transport/undici.ts'
import { exchange } from '../support/exchange.ts'
import { fakePortal, never } from '../support/fake-portal.ts'

const BODY = Buffer.from(
  JSON.stringify({ result: Array.from({ length: 30_000 }, (_, id) => ({ id, t: 'я' })) }),
)

/** What comes back from a portal that answers so. */
async function answered(answer: (response: ServerResponse) => void): Promise<Buffer> {
  const { host } = await fakePortal((_request, response) => answer(response))
  return (await exchange(`http://${host}/x`)).body
}

test('an answer comes in one piece, whether its size is announced or not', async () => {
  const announced = await answered((response) =>
    response.writeHead(200, { 'content-length': BODY.length }).end(BODY),
  )
  expect(announced.equals(BODY)).toBe(true)
  const inChunks = await answered((response) => {
    for (let at = 0; at < BODY.length; at += 100_000) response.write(BODY.subarray(at, at + 100_000))
    response.end()
  })
  expect(inChunks.equals(BODY)).toBe(true)
})

test('an answer without a body is empty, and a redirect is not followed', async () => {
  expect(await answered((response) => response.writeHead(200).end())).toHaveLength(0)
  const { host, requests } = await fakePortal((_request, response) =>
    response.writeHead(302, { location: '/elsewhere' }).end(),
  )
  const { status, location } = await exchange(`http://${host}/x`)
  expect([status, location, requests.length]).toEqual([302, '/elsewhere', 1])
})

test('a packed answer is unpacked, and its size on the wire is told', async () => {
  const packed = gzipSync(BODY)
  const { host } = await fakePortal((_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
  )
  const { body, wireBytes } = await exchange(`http://${host}/x`)
  expect(body.equals(BODY)).toBe(true)
  expect(wireBytes).toBe(packed.length)
})

test('a packed answer that is cut or damaged is an answer that got lost', async () => {
  const packed = gzipSync(randomBytes(50_000))
  const lost = { code: 'transport.truncated', executed: 'unknown' }
  for (const damaged of [
    packed.subarray(0, -100),
    Buffer.concat([packed.subarray(0, 20_000), randomBytes(50)]),
  ]) {
    await expect(
      answered((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(damaged)),
    ).rejects.toMatchObject(lost)
  }
})

test('an answer that is too large is given up on as soon as that shows', async () => {
  const tooLarge = { code: 'transport.too-large', executed: 'unknown' }
  // The size alone, and none of the bytes.
  await expect(
    answered((response) => {
      response.writeHead(200, { 'content-length': MAX_ANSWER_BYTES + 1 }).flushHeaders()
    }),
  ).rejects.toMatchObject(tooLarge)
  const bomb = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1), { level: 1 })
  await expect(
    answered((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
  ).rejects.toMatchObject(tooLarge)
  const megabyte = Buffer.alloc(1024 * 1024)
  await expect(
    answered((response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(megabyte));
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    }),
  ).rejects.toMatchObject(tooLarge)
})

test('a connection that breaks within an answer breaks the call', async () => {
  await expect(
    answered((response) => {
      response.writeHead(200, { 'content-length': BODY.length }).write(BODY.subarray(0, 1_000), () => {
        response.destroy()
      })
    }),
  ).rejects.toMatchObject({ code: 'transport.reset', executed: 'unknown' })
})

test('an answer that never ends is given up on when its time is up', async () => {
  const { host } = await fakePortal((_request, response) => {
    response.writeHead(200).write('{"result":[')
  })
  await expect(exchange(`http://${host}/x`, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'transport.timeout',
    executed: 'unknown',
  })
})

test.each([
  ['before it is sent', 'before'],
  ['while the portal works on it', 'working'],
  ['while its answer arrives', 'arriving'],
] as const)(
  'a call that is broken off %s ends at once with the reason, and its connection with it',
  async (_, when) => {
    const breaking = new AbortController()
    const reason = new Error('enough')
    let onClosed = (): void => undefined
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve
    })
    const { host, requests } = await fakePortal((_request, response) => {
      response.once('close', onClosed)
      if (when === 'working') breaking.abort(reason)
      else response.writeHead(200).write('{"result":[', () => breaking.abort(reason))
    })
    if (when === 'before') breaking.abort(reason)
    const http = await openHttp({
      timeoutMs: 5_000,
      connectTimeoutMs: 2_000,
      userAgent: 'test/0',
      authorities: [],
      isInsecure: false,
      proxy: undefined,
    })
    const call = { url: new Secret(`http://${host}/x`), headers: {}, body: '{}', host, method: 'some.list' }
    await expect(http.transport(call, breaking.signal)).rejects.toBe(reason)
    if (when === 'before') expect(requests).toEqual([])
    else await closed
    await http.close()
  },
)

test('whoever closes does not wait for what is under way', async () => {
  const { host } = await fakePortal(never)
  const http = await openHttp({
    timeoutMs: 60_000,
    connectTimeoutMs: 2_000,
    userAgent: 'test/0',
    authorities: [],
    isInsecure: false,
    proxy: undefined,
  })
  const call = { url: new Secret(`http://${host}/x`), headers: {}, body: '{}', host, method: 'some.list' }
  const lost = expect(http.transport(call, new AbortController().signal)).rejects.toMatchObject({
    code: 'transport.reset',
  })
  await http.close()
  await lost
})
