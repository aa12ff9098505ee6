import { mix, textHash } from '../random.ts'
import { childCount } from './children.ts'
import { taskCommentFields, timelineCommentFields } from './comment-fields.ts'
import { sequenceOf } from './ids.ts'
import { Table } from './table.ts'
import type { Tables } from './tables.ts'

/** What can have comments, as a timeline calls it; also the names of their tables. */
const PARENTS = ['lead', 'deal', 'contact', 'company', 'task'] as const
export type CommentedEntity = (typeof PARENTS)[number]

/** Comments of those parents that have many: four pages, the last of them not full. */
const MANY = 173
/** Ids that the comments of one parent lie among; twice as many as they can be, so that there are gaps. */
const BLOCK = 500
/** Tables that are kept although nothing was changed in them. */
const KEPT_TABLES = 8

/** The comments of a portal: a small table for each parent, made when it is asked for. */
export class Comments {
  readonly #tables: Tables
  readonly #seed: number
  readonly #recent = new Map<string, Table>()
  /** What the seed cannot give again. */
  readonly #changed = new Map<string, Table>()
  #lastAddedId: number | undefined

  constructor(tables: Tables, seed: number) {
    this.#tables = tables
    this.#seed = mix(seed, textHash('comments'))
  }

  /** The comments of a parent; undefined if there is no such parent. */
  of(entity: CommentedEntity, parentId: number): Table | undefined {
    const parents = this.#tables.get(entity)
    if (parents.find(parentId) === undefined) return undefined
    const name = `comments of ${entity} ${parentId}`
    const table = this.#changed.get(name) ?? this.#recent.get(name) ?? this.#make(name, entity, parentId)
    this.#keep(name, table)
    return table
  }

  #make(name: string, entity: CommentedEntity, parentId: number): Table {
    const count = childCount(this.#tables.get(entity), parentId, this.#seed, MANY)
    const first = (parentId * PARENTS.length + PARENTS.indexOf(entity)) * BLOCK
    const ids = sequenceOf(count, (index) => first + index * 2 + 1 + (mix(this.#seed, first + index) % 2))
    const fields = entity === 'task' ? taskCommentFields() : timelineCommentFields(entity, parentId)
    return new Table(name, fields, ids, this.#seed, () => this.#nextId())
  }

  /** Behind the comments of all parents, whoever gets the next one. */
  #nextId(): number {
    this.#lastAddedId ??=
      (Math.max(...PARENTS.map((entity) => this.#tables.get(entity).lastIdAtStart)) + 1) *
      PARENTS.length *
      BLOCK
    return ++this.#lastAddedId
  }

  #keep(name: string, table: Table): void {
    if (this.#changed.has(name)) return
    this.#recent.set(name, table)
    for (const [oldest, one] of this.#recent) {
      if (this.#recent.size <= KEPT_TABLES) return
      this.#recent.delete(oldest)
      if (one.version > 0) this.#changed.set(oldest, one)
    }
  }
}

export function isCommented(name: string): name is CommentedEntity {
  return PARENTS.some((one) => one === name)
}
