export const INPUT_FORMATS = ['ndjson', 'json', 'csv', 'tsv'] as const
export type InputFormat = (typeof INPUT_FORMATS)[number]

const BY_ENDING: Readonly<Record<string, InputFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
}

/** What the name of a file promises, packed or not: `Deals.2026.CSV.gz` is `csv`. */
export function formatOfName(name: string): InputFormat | undefined {
  const ending = /\.([a-z]+)(?:\.gz)?$/.exec(name.toLowerCase())?.[1]
  return ending === undefined ? undefined : BY_ENDING[ending]
}

/** Whether rows are lines of cells, not objects of JSON. */
export function isTable(format: InputFormat | undefined): format is 'csv' | 'tsv' {
  return format === 'csv' || format === 'tsv'
}
