import type { Comments } from './data/comments.ts'
import type { Tables } from './data/tables.ts'
import type { Finder } from './query/find.ts'
import type { SandboxSettings } from './settings.ts'

/** What methods work on. */
export interface World {
  readonly settings: SandboxSettings
  readonly tables: Tables
  readonly comments: Comments
  readonly finder: Finder
  /** The methods there are; for the method `methods`. */
  readonly methodNames: () => readonly string[]
  /** The rights that the first webhook has: all that a method asks for. */
  readonly scopes: () => readonly string[]
}
