import type { Cell } from '../engine/events.ts'

/** Less than all, until the end of the list was seen. */
const MOST = 0.99

/** How much what was read so far says against what the survey said, in cells. */
const PRIOR_CELLS = 0.25

export interface PageFacts {
  readonly rows: number
  readonly cursor: number
  readonly end: number | undefined
}

/**
 * Which part of a list is read, from where the walk stands in the range of its ids; nothing has to be counted for it.
 *
 * Without a survey it is the share of the range. With one it is rows read by rows expected: the cells ahead are taken as
 * the survey saw them, corrected by how far it was off in those behind. What is shown never falls.
 */
export class Share {
  readonly #rowsWanted: number
  /** Until the survey is there, nothing is said: what is shown then could not be taken back. */
  #isHeldBack: boolean
  #cells: readonly Cell[] = []
  /** Where the cell that is being read begins, and the rows read of it. */
  #cellFrom = 0
  #readInCell = 0
  /** Of the estimated cells that are done: rows expected and rows found. */
  #expected = 0
  #found = 0
  #start: number | undefined
  #cursor = 0
  #end: number | undefined
  #rows = 0
  #shown: number | undefined

  constructor({ rowsWanted, awaitsSurvey }: { rowsWanted: number; awaitsSurvey: boolean }) {
    this.#rowsWanted = rowsWanted
    this.#isHeldBack = awaitsSurvey
  }

  /** From 0 to 0.99; `undefined` as long as nothing can be said. */
  get value(): number | undefined {
    return this.#shown
  }

  page({ rows, cursor, end }: PageFacts): void {
    this.#start ??= cursor
    this.#cursor = cursor
    this.#end = end
    this.#rows += rows
    this.#readInCell += rows
    while (this.#cells[0] !== undefined && this.#cells[0].upTo <= cursor) this.#leaveCell(this.#cells[0])
    this.#update()
  }

  /** Cells in ascending order; none if there was no survey. Those that are read already are passed over. */
  survey(cells: readonly Cell[]): void {
    this.#isHeldBack = false
    const ahead = cells.findIndex(({ upTo }) => upTo > this.#cursor)
    const current = cells[ahead]
    if (current !== undefined) {
      const from = cells[ahead - 1]?.upTo ?? this.#start ?? 0
      const left = (current.upTo - this.#cursor) / Math.max(1, current.upTo - from)
      const rest = { ...current, rows: current.rows * Math.min(1, left) }
      this.#cells = [rest, ...cells.slice(ahead + 1)]
      this.#cellFrom = this.#cursor
      this.#readInCell = 0
    }
    this.#update()
  }

  #leaveCell(cell: Cell): void {
    if (!cell.isExact) {
      this.#expected += cell.rows
      this.#found += this.#readInCell
    }
    this.#readInCell = 0
    this.#cellFrom = cell.upTo
    this.#cells = this.#cells.slice(1)
  }

  #update(): void {
    const share = this.#isHeldBack ? undefined : this.#share()
    if (share === undefined) return
    const wanted = Math.max(share, this.#rows / this.#rowsWanted)
    this.#shown = Math.max(this.#shown ?? 0, Math.min(MOST, wanted))
  }

  #share(): number | undefined {
    if (this.#end === undefined || this.#start === undefined) return undefined
    if (this.#cells.length === 0) {
      const span = this.#end - this.#start
      return span <= 0 ? MOST : (this.#cursor - this.#start) / span
    }
    return this.#rows / Math.max(1, this.#rows + this.#rowsAhead())
  }

  #rowsAhead(): number {
    const [current, ...ahead] = this.#cells
    if (current === undefined) return 0
    const estimated = this.#cells.filter(({ isExact }) => !isExact)
    const prior =
      (PRIOR_CELLS * estimated.reduce((sum, { rows }) => sum + rows, 0)) / Math.max(1, estimated.length)
    const ratio = this.#expected + prior > 0 ? (this.#found + prior) / (this.#expected + prior) : 1
    const rowsOf = ({ rows, isExact }: Cell): number => (isExact ? rows : rows * ratio)
    // The further a cell is read, the more its own rows count and the less what was expected of it.
    const left = Math.max(0, current.upTo - this.#cursor) / Math.max(1, current.upTo - this.#cellFrom)
    const inCurrent = left * (rowsOf(current) * left + this.#readInCell)
    return inCurrent + ahead.reduce((sum, cell) => sum + rowsOf(cell), 0)
  }
}
