import { ndjson } from '../../../src/output/ndjson.ts'
import { batchParams, readBatch } from '../../../src/protocol/batch.ts'
import { readEnvelope } from '../../../src/protocol/envelope.ts'
import { listMethod } from '../../../src/protocol/methods/table.ts'
import type { NamedCommand } from '../../../src/protocol/types.ts'
import { chainCommands } from '../../../src/strategies/keyset/commands.ts'
import { idOf, rowsOf } from '../../../src/strategies/rows.ts'
import { median, type Part, verdict } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { table } from '../table.ts'

const ROUNDS = 15
const BODIES_A_ROUND = 4
const MOST_RATIO = 0.5

const METHOD = 'crm.deal.list'
const KNOWN = listMethod(METHOD)

export const TEXT: Part = {
  name: 'text',
  promise: `Cutting the rows out of an answer takes at most ${MOST_RATIO} of the CPU time that parsing and rebuilding them takes.`,
  run: () =>
    withPortal({ rows: '2500', plan: 'box' }, async (portal) => {
      const commands = fullChain()
      const body = await batchBody(portal.webhook, commands)
      const cut: number[] = []
      const parsed: number[] = []
      // The first round is for the compiler.
      for (let round = 0; round <= ROUNDS; round++) {
        const times = [
          cpuSecondsOf(() => rowsByCutting(body, commands)),
          cpuSecondsOf(() => rowsByParsing(body)),
        ]
        if (round === 0) continue
        cut.push(times[0] ?? Number.NaN)
        parsed.push(times[1] ?? Number.NaN)
      }
      const ratio = median(cut) / median(parsed)
      const cutLines = rowsByCutting(body, commands).toString().split('\n')
      const parsedLines = rowsByParsing(body).toString().split('\n')
      const changed = cutLines.filter((line, index) => line !== parsedLines[index]).length
      const faults = ratio > MOST_RATIO ? [`ratio ${ratio.toFixed(2)}, ${MOST_RATIO} promised`] : []
      if (cutLines.length !== 2501 || parsedLines.length !== 2501) faults.push('not all rows were read')
      const lines = [
        ['cut out', ms(cut), ratio.toFixed(2), verdict(faults)],
        ['parsed and rebuilt', ms(parsed), '1.00', '-'],
      ]
      const report = [
        `A batch of ${commands.length} pages, ${cutLines.length - 1} rows, ${(body.length / 1e6).toFixed(2)} MB.`,
        table(['rows', 'CPU ms', 'ratio', 'verdict'], lines),
        `Parsing and rebuilding changes the text of ${changed} rows; cutting changes none.`,
      ].join('\n\n')
      return { report, failures: faults }
    }),
}

/** The commands of the longest chain that the walk sends. */
function fullChain(): NamedCommand[] {
  if (KNOWN === undefined) throw new Error(`${METHOD} is not in the table`)
  const range = { after: 0, upTo: undefined }
  return chainCommands({ method: KNOWN, params: {}, range }, range, 50, 'r')
}

async function batchBody(webhook: string, commands: readonly NamedCommand[]): Promise<Buffer> {
  const response = await fetch(new URL('batch', webhook), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(batchParams(commands)),
    signal: AbortSignal.timeout(30_000),
  })
  return Buffer.from(await response.arrayBuffer())
}

/** As the program does it. */
function rowsByCutting(body: Buffer, commands: readonly NamedCommand[]): Buffer {
  const envelope = readEnvelope(body)
  if (KNOWN === undefined || envelope.kind === 'refusal') throw new Error('no answer to read')
  const pages: Buffer[] = []
  let last = -1
  for (const outcome of readBatch(envelope.reply, commands).outcomes) {
    if (outcome.kind !== 'done') throw new Error('a command failed')
    const rows = rowsOf(outcome.reply.result, KNOWN)
    for (const row of rows) {
      const id = idOf(row, KNOWN.id?.inRows) ?? -1
      if (id <= last) throw new Error('rows out of order')
      last = id
    }
    pages.push(ndjson(rows))
  }
  return Buffer.concat(pages)
}

/** As a program does it that turns the answer into objects and those into lines. */
function rowsByParsing(body: Buffer): Buffer {
  const { result } = JSON.parse(body.toString()) as {
    result: { result: Record<string, readonly Record<string, unknown>[]> }
  }
  const pages: Buffer[] = []
  let last = -1
  for (const rows of Object.values(result.result)) {
    let text = ''
    for (const row of rows) {
      const id = Number(row['ID'])
      if (id <= last) throw new Error('rows out of order')
      last = id
      text += `${JSON.stringify(row)}\n`
    }
    pages.push(Buffer.from(text))
  }
  return Buffer.concat(pages)
}

/** User and system time for one body, all threads of the process. */
function cpuSecondsOf(read: () => Buffer): number {
  const before = process.cpuUsage()
  for (let body = 0; body < BODIES_A_ROUND; body++) read()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6 / BODIES_A_ROUND
}

function ms(seconds: readonly number[]): string {
  return (median(seconds) * 1000).toFixed(1)
}
