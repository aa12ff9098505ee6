import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What the documentation says of list methods, if it lies beside the project. */
const FOLDER = fileURLToPath(new URL('../../../shared/corpus/given', import.meta.url))

/** One list method, in the words of the collection's README. */
export interface Entry {
  readonly method: string
  readonly api: 'v2' | 'v3'
  readonly deprecated: boolean
  readonly app_context_only: boolean
  readonly sample: string
  readonly row_path: string
  readonly rows: 'array' | 'object-keyed' | 'grouped' | 'tree'
  readonly row_kind: 'object' | 'scalar'
  readonly id_field: string | null
  readonly id_type: string | null
  readonly id_in_sample: boolean
  readonly filter_id_field?: string
  readonly has_total: boolean
  readonly total_path?: string
  readonly total_unreliable?: string
  readonly has_next: boolean
  readonly next_path?: string
  readonly params_casing: Readonly<Record<string, string>>
  readonly positional: boolean
  readonly required_params: readonly string[]
  readonly required_note?: string
  readonly required_in_filter?: readonly string[]
  readonly required_in_select?: readonly string[]
  readonly filter_supports_id_range: boolean | null
  readonly page_size: number | null
  readonly max_page_size?: number
  readonly pagination_style: string
  readonly undocumented_paging_likely?: boolean
  readonly sample_is_single_object?: boolean
  readonly notes: readonly string[]
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** A method with its documented answer, the envelope included. */
export interface Documented {
  readonly entry: Entry
  readonly answer: JsonObject
}

export const HAS_CORPUS = existsSync(`${FOLDER}/lists.json`)

export const ENTRIES: readonly Entry[] = HAS_CORPUS ? (readJson('lists.json') as Entry[]) : []

/** Entries with an answer. */
export const DOCUMENTED: readonly Documented[] = ENTRIES.flatMap((entry) => {
  const file = `samples/${nameOf(entry)}.json`
  if (!existsSync(`${FOLDER}/${file}`)) return []
  return [{ entry, answer: (readJson(file) as { response: JsonObject }).response }]
})

/** The name of a method, with the version if it is not the usual one. */
export function nameOf({ method, api }: Entry): string {
  return api === 'v3' ? `${method}@v3` : method
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The steps from `result` to the rows. */
export function stepsTo({ row_path: path, rows }: Entry): string[] {
  return path === '' || (rows === 'grouped' && path === '*') ? [] : path.split('.')
}

/** The value at the end of the steps. */
export function at(value: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), value)
}

/** The documented rows, as the README says where they are. */
export function rowsIn({ entry, answer }: Documented): readonly Json[] {
  const place = at(answer['result'], stepsTo(entry))
  if (entry.sample_is_single_object === true && place !== undefined) return [place]
  if (entry.rows === 'grouped') return isObject(place) ? Object.values(place).flat() : []
  if (Array.isArray(place)) return place as readonly Json[]
  return isObject(place) ? Object.values(place) : []
}
