import { createReadStream, existsSync, openSync, readFileSync, readSync, closeSync } from 'node:fs'
import { parse } from 'csv-parse'
import { scanRows } from './row-scan.ts'

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
  switch (firstCharacter(file)) {
    case '':
      return { format: 'nothing', ids: [], sha256: undefined }
    case '{':
      return ofNdjson(file)
    case '[':
      return {
        format: 'JSON',
        ids: (JSON.parse(readFileSync(file, 'utf8')) as unknown[]).map(idOf),
        sha256: undefined,
      }
    default:
      return { format: 'CSV', ids: await idsOfCsv(file), sha256: undefined }
  }
}

function firstCharacter(file: string): string {
  if (!existsSync(file)) return ''
  const handle = openSync(file, 'r')
  try {
    const lead = Buffer.alloc(64)
    const length = readSync(handle, lead, 0, lead.length, 0)
    return lead
      .toString('utf8', 0, length)
      .replace(/^\uFEFF/, '')
      .trimStart()
      .charAt(0)
  } finally {
    closeSync(handle)
  }
}

async function ofNdjson(file: string): Promise<WrittenRows> {
  const { ids, sha256 } = await scanRows(createReadStream(file))
  if (ids.every((id) => !Number.isNaN(id))) return { format: 'NDJSON', ids, sha256 }
  // The id is not where the portal puts it.
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return { format: 'NDJSON', ids: lines.map((line) => idOf(JSON.parse(line))), sha256 }
}

async function idsOfCsv(file: string): Promise<number[]> {
  const ids: number[] = []
  const records = createReadStream(file).pipe(
    parse({ columns: true, bom: true, delimiter: [',', ';', '\t'] }),
  )
  for await (const record of records) ids.push(idOf(record))
  return ids
}

function idOf(row: unknown): number {
  const { ID, id } = row as { readonly ID?: unknown; readonly id?: unknown }
  return Number(ID ?? id ?? Number.NaN)
}
