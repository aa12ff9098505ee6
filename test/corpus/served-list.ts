import { at, type Documented, isObject, type Json, type JsonObject, rowsIn, stepsTo } from './corpus.ts'
import { dialectOf, type Page, type Reading, rowsForPages } from './dialects.ts'
import { manyRows, wrapped } from './served-rows.ts'

/** The portal says no. */
export class Refused extends Error {}

/** A documented list method, as a portal that keeps to the documentation would serve it. */
export class ServedList {
  readonly documented: Documented
  /** All rows of the list, in the order of their ids. */
  readonly rows: readonly Json[]

  readonly #reading: Reading

  constructor(documented: Documented, reading: Reading) {
    this.documented = documented
    this.#reading = reading
    const many = rowsForPages(documented.entry, reading)
    this.rows = many === undefined ? rowsIn(documented) : manyRows(documented, many)
  }

  /** The envelope of an answer. @throws Refused if something is missing */
  answer(given: JsonObject): JsonObject {
    const { entry, answer } = this.documented
    const params = entry.positional ? byName(given, positionsOf(this.documented)) : given
    this.#refuseMissing(params)
    if (entry.pagination_style === 'none' && rowsForPages(entry, this.#reading) === undefined) return answer
    const page = dialectOf(entry)(this.rows, params, entry, this.#reading)
    const rows = this.#selected(page.rows, params)
    return this.#enveloped({ ...page, rows })
  }

  #refuseMissing(params: JsonObject): void {
    const { entry } = this.documented
    const needed = entry.required_note === undefined ? entry.required_params : []
    for (const name of needed) if (params[name] === undefined) throw new Refused(`no ${name}`)
    for (const one of entry.required_in_filter ?? []) {
      const filter = at(params, (entry.params_casing['filter'] ?? 'filter').split('.'))
      if (!one.split('|').some((field) => holds(filter, field))) throw new Refused(`no ${one} in the filter`)
    }
    const select = params[entry.params_casing['select'] ?? 'select']
    const names = Array.isArray(select)
      ? (select as readonly Json[])
      : Object.values(isObject(select) ? select : {})
    for (const one of entry.required_in_select ?? []) {
      if (!names.includes(one)) throw new Refused(`no ${one} in the selection`)
    }
  }

  /** Where the documentation says that without a selection only the id comes. */
  #selected(rows: readonly Json[], params: JsonObject): readonly Json[] {
    const { entry } = this.documented
    const isNarrow = entry.notes.some((note) => /without select only `?id`? is returned/i.test(note))
    const id = entry.id_field
    const select = params[entry.params_casing['select'] ?? 'select']
    if (!isNarrow || id === null || select !== undefined) return rows
    return rows.map((row) => (isObject(row) ? { [id]: row[id] ?? null } : row))
  }

  #enveloped({ rows, total, next, beside }: Page): JsonObject {
    const { entry, answer } = this.documented
    const steps = stepsTo(entry)
    const result = answer['result'] ?? null
    const others = Object.fromEntries(
      Object.entries(answer).filter(([name]) => name !== 'total' && name !== 'next'),
    )
    const filled = put(result, steps, wrapped(this.documented, rows))
    return {
      ...others,
      result: isObject(filled) ? { ...filled, ...beside } : filled,
      ...(total === undefined ? {} : { total }),
      ...(next === undefined ? {} : { next }),
    }
  }
}

function put(value: Json, [step, ...below]: readonly string[], rows: Json): Json {
  if (step === undefined) return rows
  const inside = isObject(value) ? value : {}
  return { ...inside, [step]: put(inside[step] ?? {}, below, rows) }
}

function holds(filter: Json | undefined, field: string): boolean {
  if (isObject(filter)) return field in filter
  return (
    Array.isArray(filter) && (filter as readonly Json[]).some((one) => Array.isArray(one) && one[0] === field)
  )
}

/** Parameters by name; whatever more is sent would be one position too many. */
function byName(given: JsonObject, names: readonly string[]): JsonObject {
  const entries = Object.entries(given).map(([position, value]) => {
    const name = names[Number(position)]
    if (name === undefined) throw new Refused(`nothing is at position ${position}`)
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}

/** The order of parameters, as a note or the list of required ones has it. */
export function positionsOf({ entry }: Documented): readonly string[] {
  const note = entry.notes.map((one) => /positional: ((?:[A-Z_]+, )+[A-Z_]+)/.exec(one)?.[1])
  return note.find((names) => names !== undefined)?.split(', ') ?? entry.required_params
}
