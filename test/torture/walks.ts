import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Something to export: how it is asked for, of what portal, and where the truth about it stands. */
export interface Walk {
  /** Settings of the sandbox besides `rows`. */
  readonly settings: (rows: number) => Readonly<Record<string, string>>
  /** Words behind `get-all`; files that they need are put into the folder. */
  readonly words: (folder: string, ids: readonly number[]) => readonly string[]
  /** The query of the truth. */
  readonly query: string
}

/** The ways in which `get-all` reads a list. */
export const WALKS = {
  keyset: {
    settings: () => ({}),
    words: () => ['crm.deal.list'],
    query: 'method=crm.deal.list',
  },
  items: {
    settings: () => ({}),
    words: () => ['crm.item.list', '-p', 'entityTypeId=2'],
    query: 'method=crm.item.list&entityTypeId=2',
  },
  offset: {
    settings: (rows) => ({ departments: String(rows) }),
    words: () => ['department.get'],
    query: 'method=department.get',
  },
  ids: {
    settings: () => ({}),
    words(folder, ids) {
      const file = join(folder, 'ids.txt')
      writeFileSync(file, `${ids.join('\n')}\n`)
      return ['crm.deal.list', '--ids', file]
    },
    query: 'method=crm.deal.list',
  },
} as const satisfies Record<string, Walk>

export type WalkName = keyof typeof WALKS
