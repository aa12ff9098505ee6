import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** Long enough for as many requests as may be to meet at the portal. */
const SETTINGS = 'rows=600,latency-ms=100,workers=50'
/** The same where each request waits until the journal is on disk. */
const SLOW = 'rows=600,latency-ms=500,workers=50'

const IDS = Array.from({ length: 600 }, (_, at) => `${at + 1}\n`).join('')
const UPDATES = Array.from({ length: 150 }, (_, at) => `{"id":${at + 1},"fields":{"TITLE":"t${at}"}}\n`).join(
  '',
)
const COMMANDS = Array.from(
  { length: 600 },
  (_, at) => `{"id":${at},"method":"crm.deal.get","params":{"id":${at + 1}}}\n`,
).join('')

const ROWS_BY_IDS = ['get-all', 'crm.deal.list', '--ids', '-', '--select', 'ID', '--batch-size', '1']
const BY_ID = ['get-by-id', 'crm.deal.get']
const UPDATE = ['call', 'crm.deal.update', '--yes']
const JOURNAL = [...UPDATE, '--journal', 'journal']
const BATCH = ['batch', '--yes']

interface Said {
  readonly words?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly file?: string
}

const FLAG_9: Said = { words: ['--concurrency', '9'] }
const VARIABLE_9: Said = { env: { BX24_CONCURRENCY: '9' } }
const FILE_9: Said = { file: 'concurrency: 9\n' }
const VARIABLE_1: Said = { env: { BX24_CONCURRENCY: '1' } }

describe('most requests in flight:', () => {
  test.each<[number, string, readonly string[], string, Said]>([
    [6, 'reads by id, as usual', BY_ID, IDS, {}],
    [9, 'reads by id, a flag', BY_ID, IDS, FLAG_9],
    [6, 'reads by id, a higher variable', BY_ID, IDS, VARIABLE_9],
    [1, 'reads by id, a lower variable', BY_ID, IDS, VARIABLE_1],
    [2, 'rows by their ids, as usual', ROWS_BY_IDS, IDS, {}],
    [9, 'rows by their ids, a flag', ROWS_BY_IDS, IDS, FLAG_9],
    [1, 'rows by their ids, a lower variable', ROWS_BY_IDS, IDS, VARIABLE_1],
    [2, 'writes, as usual', UPDATE, UPDATES, {}],
    [9, 'writes, a flag', UPDATE, UPDATES, FLAG_9],
    [2, 'writes, a higher key in a file', UPDATE, UPDATES, FILE_9],
    [1, 'writes, a lower variable', UPDATE, UPDATES, VARIABLE_1],
    [1, 'writes with a journal, a higher key in a file', JOURNAL, UPDATES, FILE_9],
    [9, 'writes with a journal, a flag', JOURNAL, UPDATES, FLAG_9],
    [1, 'writes one after the other, a flag', [...UPDATE, '--serial'], UPDATES, FLAG_9],
    [2, 'batches, as usual', BATCH, COMMANDS, {}],
    [9, 'batches, a flag', BATCH, COMMANDS, FLAG_9],
    [1, 'batches, a lower variable', BATCH, COMMANDS, VARIABLE_1],
  ])('%i for %s', async (most, _what, command, stdin, { words = [], env = {}, file }) => {
    const portal = await bulkPortal(command === JOURNAL ? SLOW : SETTINGS)
    const cwd = tempFolder()
    if (file !== undefined) writeFileSync(join(cwd, '.bitrixrc'), file)
    const { code, stderr } = await portal.run([...command, ...words], { cwd, env, stdin })
    expect([code, stderr]).toEqual([0, ''])
    expect(portal.stats.peakInFlight).toBe(most)
  })
})
