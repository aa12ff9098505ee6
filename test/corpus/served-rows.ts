import { type Documented, isObject, type Json, rowsIn } from './corpus.ts'

/** So that ids of several pages are distinct, rise, and have gaps. */
const FIRST_ID = 1_001
const STEP = 3

/** As many rows as wanted, like the documented ones and yet distinct, in the order of their ids. */
export function manyRows(documented: Documented, count: number): Json[] {
  const samples = rowsIn(documented)
  return Array.from({ length: samples.length === 0 ? 0 : count }, (_, index) =>
    distinct(samples[index % samples.length] ?? null, documented, index),
  )
}

function distinct(row: Json, { entry }: Documented, index: number): Json {
  const number = FIRST_ID + index * STEP
  if (!isObject(row))
    return typeof row === 'number'
      ? number
      : `${typeof row === 'string' ? row : JSON.stringify(row)}${number}`
  const id = entry.id_field
  if (id !== null) return { ...row, [id]: likeThat(row[id], number) }
  // Nothing tells such rows apart but all of them, so one of their values has to.
  const [name, value] =
    Object.entries(row).find(([, one]) => typeof one === 'string' || typeof one === 'number') ?? []
  return name === undefined ? { ...row, row: number } : { ...row, [name]: likeThat(value, number) }
}

/** An id of the same type as the documented one. */
function likeThat(sample: Json | undefined, number: number): Json {
  if (typeof sample !== 'string') return number
  return /^\d+$/.test(sample) ? String(number) : `${sample}${number}`
}

/** The rows with their container around them, in the documented answer's form. */
export function wrapped({ entry }: Documented, rows: readonly Json[]): Json {
  if (entry.rows !== 'object-keyed') return rows
  // PHP writes a map without anything in it as a list.
  if (rows.length === 0) return []
  return Object.fromEntries(rows.map((row, index) => [keyOf(row, entry.id_field) ?? `key${index}`, row]))
}

function keyOf(row: Json, id: string | null): string | undefined {
  const value = isObject(row) && id !== null ? row[id] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
