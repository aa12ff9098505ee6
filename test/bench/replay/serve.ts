import { readFileSync } from 'node:fs'
import { PreparedRows } from './prepared-rows.ts'
import { startReplay } from './replay-server.ts'

// A process of its own: `node replay-server.mjs ROWS.ndjson ANSWERS.json`. Writes its webhook and serves until it is ended.
const [rowsFile = '', answersFile = ''] = process.argv.slice(2)
const answers = JSON.parse(readFileSync(answersFile, 'utf8')) as Record<string, string>
const { webhook } = await startReplay(new PreparedRows(rowsFile), answers)
process.stdout.write(`${webhook}\n`)
