import fc from 'fast-check'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { randomOf } from '../support/random.ts'

/** What becomes of an answer on its way. */
export type Damage = (body: Buffer, chance: Chance) => Answer

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Seeded chance for everything that a damage decides. */
export interface Chance {
  /** From 0 up to 1. */
  readonly share: () => number
  /** From 0 up to, and without, `below`. */
  readonly number: (below: number) => number
  /** Any JSON value, but no empty list: that is what the end of a list looks like. */
  readonly json: () => unknown
}

export interface FuzzedPortal {
  readonly webhook: string
  readonly requests: () => number
  /** Ids of a list as they should come. */
  readonly truth: (method: string) => Promise<string[]>
  close(): void
}

/** A sandbox portal whose answers are damaged with a chance, by one of `damages`. */
export async function fuzzedPortal(
  damages: readonly Damage[],
  { seed, share, rows }: { readonly seed: number; readonly share: number; readonly rows: number },
): Promise<FuzzedPortal> {
  const portal = new Portal(sandboxSettings({ plan: 'box', rows: String(rows), 'row-bytes': '300' }))
  const chance = chanceFrom(seed)
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      requests++
      const { method = 'GET', url: path = '/' } = request
      const headers = { 'content-type': 'application/json' }
      void portal.handle({ method, path, headers, body: Buffer.concat(chunks) }).then((answer) => {
        const damage = damages[chance.number(damages.length)]
        const isHit = damage !== undefined && chance.share() < share
        send(response, isHit ? damage(answer.body, chance) : answer)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    webhook: `http://127.0.0.1:${port}${portal.webhookPath}`,
    requests: () => requests,
    async truth(method) {
      const path = `/_sandbox/truth?method=${method}&only=ids`
      const { body } = await portal.handle({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) })
      return body.toString().split('\n').filter(Boolean)
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function chanceFrom(seed: number): Chance {
  const share = randomOf(seed)
  const number = (below: number): number => Math.floor(share() * below)
  return {
    share,
    number,
    json() {
      const value = fc.sample(fc.jsonValue({ maxDepth: 3 }), { seed: number(2 ** 31), numRuns: 1 })[0]
      return Array.isArray(value) && value.length === 0 ? null : value
    },
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

const text = (body: string): Answer => ({ body: Buffer.from(body) })

/** Damages that leave no doubt: whatever comes of them must not pass for the rows. */
export const CLEAR_DAMAGES: Readonly<Record<string, Damage>> = {
  truncated: (body, chance) => ({ body: body.subarray(0, chance.number(body.length)) }),
  'cut at both ends': (body, chance) => ({
    body: body.subarray(chance.number(20) + 1, body.length - chance.number(20)),
  }),
  'two answers': (body) => ({ body: Buffer.concat([body, body]) }),
  'a warning in front': (body) => ({ body: Buffer.concat([Buffer.from('<br />\n<b>Warning</b>: x'), body]) }),
  'other JSON': (_body, chance) => text(JSON.stringify(chance.json())),
  'an envelope of other JSON': (_body, chance) =>
    text(JSON.stringify({ result: chance.json(), time: chance.json() })),
  'a batch of other JSON': (_body, chance) =>
    text(
      JSON.stringify({
        result: { result: chance.json(), result_error: chance.json(), result_time: chance.json() },
      }),
    ),
  'other rows': (_body, chance) => text(JSON.stringify({ result: [chance.json(), chance.json()] })),
  'a refusal of other JSON': (_body, chance) =>
    text(JSON.stringify({ error: chance.json(), error_description: chance.json() })),
  'other answers of commands': (body, chance) =>
    changed(body, chance, (answer) => {
      const commands = answer.result?.result
      if (commands === undefined) return
      for (const name of Object.keys(commands)) if (chance.share() < 0.2) commands[name] = chance.json()
    }),
  'other figures': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const name of ['time', 'next']) if (chance.share() < 0.7) answer[name] = chance.json()
      if (answer.result === undefined) return
      for (const name of ['result_time', 'result_next', 'result_total', 'result_error'])
        if (name in answer.result) answer.result[name as 'result'] = chance.json() as never
    }),
  'rows in another order': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer)) rows.sort(() => chance.share() - 0.5)
    }),
  'rows twice': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer)) rows.push(...rows.slice(0, 3))
    }),
  'rows without ids': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer)) for (const row of rows) if (chance.share() < 0.05) delete row['ID']
    }),
  'other ids': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer))
        for (const row of rows) if (chance.share() < 0.02) row['ID'] = JSON.stringify(chance.json())
    }),
  'depth without rows': (_body, chance) => {
    const depth = 10 ** (2 + chance.number(5))
    return text(`{"result":${'['.repeat(depth)}${']'.repeat(depth)}}`)
  },
  'depth that never ends': (_body, chance) => text('{"result":'.repeat(10 ** (2 + chance.number(4)))),
  'depth in the time': (body) => {
    const depth = 200_000
    const sound = body.toString()
    return text(
      `${sound.slice(0, sound.lastIndexOf('}'))},"time":{"duration":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    )
  },
  'damaged packing': (body, chance) => {
    const packed = gzipSync(body)
    const at = 12 + chance.number(packed.length - 12)
    packed[at] = (packed[at] ?? 0) ^ 0xff
    return { body: packed, headers: { 'content-encoding': 'gzip' } }
  },
  'another status': (body, chance) => ({
    body,
    status: [400, 401, 403, 404, 429, 500, 503][chance.number(7)] ?? 500,
  }),
  'a comma or a colon lost': (body, chance) => {
    // Between rows, commands or parts of the answer: what is wrong inside of a row nobody looks at.
    const marks = [
      ...body.toString('latin1').matchAll(/(?<=[\]}])[,:](?=[{"])|(?<="(?:result|result_error|time)"):/g),
    ]
    const broken = Buffer.from(body)
    broken[marks[chance.number(marks.length)]?.index ?? 0] = 0x20
    return { body: broken }
  },
  nothing: () => text(''),
  'no JSON': (_body, chance) => ({
    body: Buffer.from(Array.from({ length: 200 }, () => chance.number(256))),
  }),
}

/** Rows as nobody expects them: they are not wrong, and must come out as JSON. */
export const ODD_ROWS: Readonly<Record<string, Damage>> = {
  'other values': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer))
        for (const row of rows) {
          if (chance.share() < 0.1) row[JSON.stringify(chance.json())] = chance.json()
          if (chance.share() < 0.1) row['TITLE'] = chance.json()
        }
    }),
  'deep values': (body, chance) =>
    changed(body, chance, (answer) => {
      for (const rows of listsIn(answer)) {
        const row = rows[chance.number(rows.length)]
        if (row !== undefined) row['TITLE'] = JSON.parse(`${'[['.repeat(2_000)}${']]'.repeat(2_000)}`)
      }
    }),
}

type Row = Record<string, unknown>
interface Parsed extends Record<string, unknown> {
  result?: Record<string, unknown> & { result?: Record<string, unknown> }
}

function changed(body: Buffer, _chance: Chance, change: (answer: Parsed) => void): Answer {
  const answer = JSON.parse(body.toString()) as Parsed
  change(answer)
  return text(JSON.stringify(answer))
}

/** The lists of rows in an answer, of one command or of many. */
function listsIn({ result }: Parsed): Row[][] {
  const inBatch =
    typeof result === 'object' && result.result !== undefined ? Object.values(result.result) : []
  return [result, ...inBatch].filter((one): one is Row[] => Array.isArray(one))
}
