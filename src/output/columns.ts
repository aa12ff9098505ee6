import type { JsonText } from '../protocol/json-text.ts'
import { cellsOf } from './cells.ts'

/** What is known of the columns of a table before its first row. */
export interface ColumnPlan {
  /** Names in their order, spelled as rows spell them; those that the first rows bring come behind. */
  readonly names: readonly string[]
  /** Whether rows may bring further columns. If not, whatever else they hold was not asked for and is left out. */
  readonly isOpen: boolean
  /** Rows may spell names with other underscores and capitals. */
  readonly isSpellingLoose: boolean
}

/** What became of the columns, once all rows have passed. */
export interface ColumnFindings {
  readonly rows: number
  /**
   * Columns that came when the header was fixed already, with the number of rows whose values are missing; the first
   * thousand of them, since rows can bring new ones without end.
   */
  readonly late: ReadonlyMap<string, number>
  /** Columns into which a row would put two values, with the number of such rows; the first of them is there. */
  readonly clashes: ReadonlyMap<string, number>
  /** Names of the plan that no row had. */
  readonly unseen: readonly string[]
}

/** The columns of a table and what became of them so far, for a run that goes on with it; as JSON. */
export interface ColumnState {
  readonly plan: ColumnPlan
  readonly names: readonly string[]
  readonly rows: number
  readonly late: readonly (readonly [name: string, rows: number])[]
  readonly clashes: readonly (readonly [name: string, rows: number])[]
  readonly unseen: readonly string[]
}

/** So many names without a column are remembered; a map that is keyed by ids has other ones in each row. */
const MOST_STRANGERS = 1_000

const DROPPED = -1
const LATE = -2

/** The columns of a table: fixed with its first rows, after which rows become cells and nothing is added. */
export class Columns {
  readonly names: readonly string[]
  readonly #plan: ColumnPlan
  readonly #separator: string | undefined
  /** Names that were met to their places, or `DROPPED` or `LATE`. */
  readonly #places: Map<string, number>
  readonly #unseen: Set<string>
  readonly #late: Map<string, number>
  readonly #clashes: Map<string, number>
  readonly #values: (JsonText | undefined)[]
  /** The name that stood at each position of the last row, as it was written, and where it belongs. */
  readonly #usual: { readonly name: string; readonly quoted: Buffer; readonly place: number }[] = []
  #rows: number

  private constructor(state: ColumnState, separator: string | undefined) {
    this.#plan = state.plan
    this.#separator = separator
    this.names = state.names
    this.#places = new Map(this.names.map((name, place) => [name, place]))
    this.#unseen = new Set(state.unseen.map((name) => this.#folded(name)))
    this.#values = new Array<JsonText | undefined>(this.names.length).fill(undefined)
    this.#late = new Map(state.late)
    this.#clashes = new Map(state.clashes)
    this.#rows = state.rows
  }

  /** `separator` joins the names of nested values, each of which becomes a cell of its own; `undefined`: they stay whole. */
  static fixedBy(plan: ColumnPlan, firstRows: readonly JsonText[], separator: string | undefined): Columns {
    const names = fixedNames(plan, firstRows, separator)
    return new Columns({ plan, names, rows: 0, late: [], clashes: [], unseen: plan.names }, separator)
  }

  /** The columns of a table that an earlier run has begun. */
  static of(state: ColumnState, separator: string | undefined): Columns {
    return new Columns(state, separator)
  }

  get state(): ColumnState {
    const { rows, late, clashes, unseen } = this.findings()
    return { plan: this.#plan, names: this.names, rows, late: [...late], clashes: [...clashes], unseen }
  }

  /** The values of a row in the order of the columns, until the next row; `undefined` where it has none. */
  values(row: JsonText): readonly (JsonText | undefined)[] {
    this.#values.fill(undefined)
    this.#rows++
    if (this.#separator === undefined) this.#takeMembers(row)
    else this.#takeNested(row, this.#separator)
    return this.#values
  }

  /** Rows of a list have the same names in the same order nearly always: a name is read only if it is another one. */
  #takeMembers(row: JsonText): void {
    let at = 0
    row.eachMember((nameStart, nameEnd, value) => {
      let known = this.#usual[at]
      if (known === undefined || !isStretch(known.quoted, row.bytes, nameStart, nameEnd)) {
        const name = row.textAt(nameStart, nameEnd)
        const quoted = Buffer.from(row.bytes.subarray(nameStart, nameEnd))
        this.#see(name, name)
        known = { name, quoted, place: this.#placeOf(name, name) }
        this.#usual[at] = known
      }
      at++
      this.#take(known.name, known.place, value)
    })
  }

  #takeNested(row: JsonText, separator: string): void {
    for (const { name, field, value } of cellsOf(row, separator)) {
      this.#see(name, field)
      if (value !== undefined) this.#take(name, this.#placeOf(name, field), value)
    }
  }

  #take(name: string, place: number, value: JsonText): void {
    if (place >= 0) {
      if (this.#values[place] === undefined) this.#values[place] = value
      else countUp(this.#clashes, name)
    } else if (place === LATE) countUp(this.#late, name)
  }

  findings(): ColumnFindings {
    const unseen = this.#plan.names.filter((name) => this.#unseen.has(this.#folded(name)))
    return { rows: this.#rows, late: this.#late, clashes: this.#clashes, unseen }
  }

  #see(name: string, field: string): void {
    if (this.#unseen.size === 0) return
    this.#unseen.delete(this.#folded(name))
    this.#unseen.delete(this.#folded(field))
  }

  #placeOf(name: string, field: string): number {
    return this.#places.get(name) ?? this.#placeOfNew(name, field)
  }

  /** Where a name belongs that was not met before; remembered, since it may be met again in every row. */
  #placeOfNew(name: string, field: string): number {
    const alike = this.#plan.isSpellingLoose
      ? this.names.findIndex((known) => folded(known) === folded(name))
      : -1
    const isWanted = this.#plan.isOpen || this.#plan.names.includes(field)
    const place = alike >= 0 ? alike : isWanted ? LATE : DROPPED
    if (this.#places.size < this.names.length + MOST_STRANGERS) this.#places.set(name, place)
    return place
  }

  #folded(name: string): string {
    return this.#plan.isSpellingLoose ? folded(name) : name
  }
}

/** The names of the plan, as the first rows spell them and with what is nested in them, then what else those rows have. */
function fixedNames(
  plan: ColumnPlan,
  firstRows: readonly JsonText[],
  separator: string | undefined,
): readonly string[] {
  const met = new Map<string, Set<string>>()
  for (const row of firstRows) {
    for (const { name, field, value } of cellsOf(row, separator)) {
      const names = met.get(field) ?? new Set()
      met.set(field, value === undefined ? names : names.add(name))
    }
  }
  const spelled = (name: string): string =>
    !plan.isSpellingLoose || met.has(name)
      ? name
      : ([...met.keys()].find((field) => folded(field) === folded(name)) ?? name)
  const withNested = (field: string): readonly string[] => {
    const names = met.get(field)
    return names === undefined || names.size === 0 ? [field] : [...names]
  }
  const planned = plan.names.map(spelled).flatMap(withNested)
  return [...new Set([...planned, ...(plan.isOpen ? [...met.keys()].flatMap(withNested) : [])])]
}

/** Whether these bytes stand there. */
function isStretch(stretch: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (stretch.length !== end - start) return false
  for (let at = 0; at < stretch.length; at++) if (stretch[at] !== bytes[start + at]) return false
  return true
}

/** Counts a row for a name; of names, only so many. */
function countUp(counts: Map<string, number>, name: string): void {
  const rows = counts.get(name) ?? 0
  if (rows > 0 || counts.size < MOST_STRANGERS) counts.set(name, rows + 1)
}

function folded(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
