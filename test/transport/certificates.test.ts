import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAuthorities } from '../../src/config/authorities.ts'
import { HAS_OPENSSL, makeAuthority, makeCertificate } from '../support/certificates.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { exchange } from '../support/exchange.ts'
import { tlsPortal } from '../support/tls-portal.ts'

const HERE = ['IP:127.0.0.1', 'DNS:localhost']

describe.skipIf(!HAS_OPENSSL)('a certificate', () => {
  test('that signed itself is refused, and accepted once it is named', async () => {
    const own = makeCertificate({ names: HERE })
    const url = `https://127.0.0.1:${await tlsPortal(own)}/rest/1/canary12345/some.list.json`
    await expect(exchange(url)).rejects.toMatchObject({
      code: 'transport.certificate',
      exitCode: 5,
      executed: 'no',
      message: expect.stringContaining('is self-signed') as string,
      hint: expect.stringContaining('--ca-file') as string,
    })
    expect((await exchange(url, { authorities: await readAuthorities(own.file) })).status).toBe(200)
  })

  test('of an authority of our own is refused, and accepted once the authority is named', async () => {
    const issuer = makeAuthority()
    const port = await tlsPortal(makeCertificate({ names: HERE, issuer }))
    const url = `https://localhost:${port}/rest/1/canary12345/some.list.json`
    await expect(exchange(url)).rejects.toMatchObject({
      code: 'transport.certificate',
      message: expect.stringContaining('comes from an authority that is not known here') as string,
      hint: expect.stringContaining('--ca-file') as string,
    })
    expect((await exchange(url, { authorities: [issuer.cert] })).status).toBe(200)
  })

  test.each([
    ['has expired', { from: -30, until: -1 }, 'must be renewed'],
    ['is not valid yet', { from: 5, until: 30 }, 'the clock of this machine'],
    ['is for another name: portal.example', { names: ['DNS:portal.example'] }, 'does not help'],
  ])('that %s is refused, also from an authority that is trusted', async (what, wish, todo) => {
    const issuer = makeAuthority()
    const port = await tlsPortal(makeCertificate({ names: HERE, issuer, ...wish }))
    const error: unknown = await exchange(`https://127.0.0.1:${port}/rest/1/canary12345/some.list.json`, {
      authorities: [issuer.cert],
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'transport.certificate' })
    expect((error as Error).message).toContain(`The certificate of 127.0.0.1:${port} ${what}`)
    expect((error as { hint: string }).hint).toContain(todo)
    expect(String((error as Error).stack)).not.toContain('canary12345')
  })

  test('is not looked at with --insecure', async () => {
    const port = await tlsPortal(makeCertificate({ names: ['DNS:other.example'] }))
    expect((await exchange(`https://127.0.0.1:${port}/x`, { isInsecure: true })).status).toBe(200)
  })
})

test('a server that speaks plain http is told apart from a bad certificate', async () => {
  const portal = await fakePortal(always({ result: [] }))
  await expect(exchange(`https://${portal.host}/x`)).rejects.toMatchObject({
    code: 'transport.certificate',
    message: expect.stringContaining('No encrypted connection to') as string,
  })
})

test('a redirection is not followed', async () => {
  const other = await fakePortal(always({ result: [] }))
  const portal = await fakePortal((_request, response) => {
    response.writeHead(307, { location: `http://${other.host}/rest/1/x/` }).end()
  })
  const answer = await exchange(portal.webhook())
  expect([answer.status, answer.location]).toEqual([307, `http://${other.host}/rest/1/x/`])
  expect(other.requests).toEqual([])
})

describe.skipIf(!HAS_OPENSSL)('the file of --ca-file', () => {
  test('may hold several certificates and what else belongs to PEM', async () => {
    const [one, two] = [makeAuthority(), makeAuthority()]
    const file = one.file
    writeFileSync(file, `# ours\r\n${one.cert}\n${one.key}\n${two.cert}`)
    const found = await readAuthorities(file)
    expect(found.map((text) => text.trim())).toEqual([one.cert.trim(), two.cert.trim()])
  })

  test.each([
    ['that holds none', () => 'no certificate', 'holds no certificate'],
    ['that holds a key alone', (one: string, key: string) => key, 'holds no certificate'],
    ['that is damaged', (one: string) => one.replace(/^M.{20}/m, 'M'.repeat(21)), 'Certificate 1 in'],
    [
      'whose second is damaged',
      (one: string) => one + one.replace(/^M.{20}/m, 'M'.repeat(21)),
      'Certificate 2',
    ],
  ])('%s is refused', async (_what, text, said) => {
    const { cert, key, file } = makeAuthority()
    writeFileSync(file, text(cert, key))
    await expect(readAuthorities(file)).rejects.toMatchObject({
      code: 'config.ca-file',
      exitCode: 2,
      message: expect.stringContaining(said) as string,
    })
  })
})

test.each(['/nowhere/ca.pem', '/'])(
  'a file of --ca-file that cannot be read, such as %s, is refused',
  async (path) => {
    await expect(readAuthorities(path)).rejects.toMatchObject({ code: 'config.ca-file', exitCode: 2 })
  },
)
