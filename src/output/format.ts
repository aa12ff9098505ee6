import { UsageError } from '../errors.ts'

export const FORMATS = ['ndjson', 'csv', 'tsv', 'json'] as const
export type Format = (typeof FORMATS)[number]

export interface OutputFormat {
  readonly format: Format
  readonly isGzipped: boolean
}

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
}

/** Endings that promise what we do not write. */
const FOREIGN = new Set(
  ['xls', 'xlsx', 'ods', 'xml', 'html', 'parquet', 'avro', 'sqlite', 'db'].concat([
    'zst',
    'br',
    'bz2',
    'xz',
    'lz4',
    'zip',
    '7z',
    'tar',
    'tgz',
  ]),
)

/**
 * The format of the rows: the one asked for, else the one that the name of the file promises, else NDJSON. A name never
 * promises one thing while the file holds another. Only a file is packed, standard output never.
 *
 * @throws UsageError
 */
export function outputFormat(asked: Format | undefined, file: string | undefined): OutputFormat {
  const endings = file === undefined || file === '-' ? [] : endingsOf(file)
  const isGzipped = endings.at(-1) === 'gz'
  const ending = isGzipped ? endings.at(-2) : endings.at(-1)
  if (file !== undefined && ending !== undefined && FOREIGN.has(ending)) {
    throw new UsageError(
      'output-format',
      `--output ${file}: rows are written as ${FORMATS.join(', ')}, each also packed as .gz, but not as .${ending}.`,
      `Use a name such as ${rootOf(file)}.csv.`,
    )
  }
  const promised = ending === undefined ? undefined : BY_EXTENSION[ending]
  if (file !== undefined && asked !== undefined && promised !== undefined && asked !== promised) {
    throw new UsageError(
      'output-format',
      `--output ${file} promises ${promised}, and --format asks for ${asked}.`,
      `Leave --format out, or use a name such as ${rootOf(file)}.${asked}${isGzipped ? '.gz' : ''}.`,
    )
  }
  return { format: asked ?? promised ?? 'ndjson', isGzipped }
}

/** `data/Deals.2026.CSV.gz` → `2026`, `csv`, `gz` */
function endingsOf(file: string): string[] {
  return (file.split(/[\\/]/).at(-1) ?? '').toLowerCase().split('.').slice(1)
}

function rootOf(file: string): string {
  return file.replace(/(?:\.[A-Za-z0-9]+){1,2}$/, '')
}
