import { createReadStream, existsSync, openSync, readFileSync, readSync, closeSync } from 'node:fs'
import { parse } from 'csv-parse'
import { scanRows } from './row-scan.ts'

/** Enough for the names of some hundred columns. */
const LEAD_BYTES = 16_384

/** Rows in a file that any program has written. */
export interface WrittenRows {
  readonly format: 'NDJSON' | 'JSON' | 'CSV' | 'nothing'
  /** In the order of the file; `NaN` for a row without one. */
  readonly ids: readonly number[]
  /** Of the whole file, where its bytes can be those of the portal. */
  readonly sha256: string | undefined
}

/** Reads the ids of a file, whose format shows in its first character. @throws Error if it is not what it begins as */
export async function readWritten(file: string): Promise<WrittenRows> {
  const lead = leadOf(file)
  switch (lead.charAt(0)) {
    case '':
      return { format: 'nothing', ids: [], sha256: undefined }
    case '{':
      return ofNdjson(file)
    case '[':
      return { format: 'JSON', ids: rowsOfJson(file).map(idOf), sha256: undefined }
    default:
      return { format: 'CSV', ids: await idsOfCsv(file, delimiterOf(lead)), sha256: undefined }
  }
}

/** The beginning of a file, without a byte order mark and blanks; empty if there is no file. */
function leadOf(file: string): string {
  if (!existsSync(file)) return ''
  const handle = openSync(file, 'r')
  try {
    const lead = Buffer.alloc(LEAD_BYTES)
    const length = readSync(handle, lead, 0, lead.length, 0)
    return withoutMark(lead.toString('utf8', 0, length)).trimStart()
  } finally {
    closeSync(handle)
  }
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function rowsOfJson(file: string): readonly unknown[] {
  return JSON.parse(withoutMark(readFileSync(file, 'utf8'))) as unknown[]
}

/** The one of the usual characters that the first line has most of. */
function delimiterOf(lead: string): string {
  const [head = ''] = lead.split('\n', 1)
  const times = (character: string): number => head.split(character).length
  return [',', ';', '\t'].reduce((most, one) => (times(one) > times(most) ? one : most))
}

async function ofNdjson(file: string): Promise<WrittenRows> {
  const { ids, sha256 } = await scanRows(createReadStream(file))
  if (ids.every((id) => !Number.isNaN(id))) return { format: 'NDJSON', ids, sha256 }
  // The id is not where the portal puts it.
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return { format: 'NDJSON', ids: lines.map((line) => idOf(JSON.parse(line))), sha256 }
}

async function idsOfCsv(file: string, delimiter: string): Promise<number[]> {
  const ids: number[] = []
  const records = createReadStream(file).pipe(parse({ columns: true, bom: true, delimiter }))
  for await (const record of records) ids.push(idOf(record))
  return ids
}

function idOf(row: unknown): number {
  const { ID, id } = row as { readonly ID?: unknown; readonly id?: unknown }
  return Number(ID ?? id ?? Number.NaN)
}
