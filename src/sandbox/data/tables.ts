import { mix, textHash } from '../random.ts'
import { RowPage } from '../query/columns.ts'
import type { SandboxSettings } from '../settings.ts'
import { dealFields } from './deal-fields.ts'
import type { Field, Row } from './fields.ts'
import { type IdSequence, type IdShape, idSequence } from './ids.ts'
import { companyFields, contactFields, leadFields, smartProcessFields } from './people-fields.ts'
import { STATUS_IDS, statusFields } from './statuses.ts'
import { Table } from './table.ts'
import {
  activityFields,
  departmentFields,
  listElementFields,
  stageHistoryFields,
  taskFields,
  userRowFields,
} from './work-fields.ts'

const MOST_USERS = 173
const SAMPLE_ROWS = 64

/** The first id of smart processes; those that the sandbox has are SMART_PROCESSES. */
export const SMART_PROCESSES: readonly number[] = [128, 130, 1032]

interface Kind {
  /** `paddingBytes`: how much text to add to each row to bring it to the size asked for. */
  readonly fields: (paddingBytes: number) => readonly Field[]
  readonly most?: (settings: SandboxSettings) => number
  /** Users and departments are numbered without gaps: other rows refer to them. */
  readonly isDense?: boolean
  /** Dictionaries are the same on every portal. */
  readonly ids?: IdSequence
}

const KINDS: Readonly<Record<string, Kind>> = {
  deal: { fields: dealFields },
  lead: { fields: leadFields },
  contact: { fields: contactFields },
  company: { fields: companyFields },
  activity: { fields: activityFields },
  status: { fields: statusFields, ids: STATUS_IDS },
  task: { fields: taskFields },
  user: { fields: userRowFields, most: () => MOST_USERS },
  department: { fields: departmentFields, most: ({ departments }) => departments, isDense: true },
  'list-element': { fields: listElementFields },
  'stage-history-1': { fields: stageHistoryFields },
  'stage-history-2': { fields: stageHistoryFields },
  'stage-history-5': { fields: stageHistoryFields },
  ...Object.fromEntries(SMART_PROCESSES.map((id) => [`item-${id}`, { fields: smartProcessFields }])),
}

/** A table that is none of the main ones. */
export interface FurtherKind {
  fields(): readonly Field[]
  /** As many rows as the setting `other-rows` says if undefined. */
  readonly count: number | undefined
  readonly ids: IdShape | undefined
}

/** The tables of a portal, each made when first asked for. */
export class Tables {
  readonly #settings: SandboxSettings
  readonly #made = new Map<string, Table>()

  constructor(settings: SandboxSettings) {
    this.#settings = settings
  }

  get(name: string): Table {
    const made = this.#made.get(name) ?? this.#make(name)
    this.#made.set(name, made)
    return made
  }

  /** A table of another kind; the same for the same name. */
  further(name: string, kind: FurtherKind): Table {
    const key = `further ${name}`
    let table = this.#made.get(key)
    if (table === undefined) {
      const { otherRows, ids, seed } = this.#settings
      const own = mix(seed, textHash(key))
      table = new Table(name, kind.fields(), idSequence(kind.ids ?? ids, kind.count ?? otherRows, own), own)
      this.#made.set(key, table)
    }
    return table
  }

  #make(name: string): Table {
    const kind = KINDS[name]
    if (kind === undefined) throw new Error(`no table ${name}`)
    const { rows, ids, seed, rowBytes } = this.#settings
    const own = mix(seed, textHash(name))
    const count = Math.min(rows, kind.most?.(this.#settings) ?? rows)
    const sequence = kind.ids ?? idSequence(kind.isDense === true ? 'dense' : ids, count, own)
    const paddingBytes = Math.max(0, rowBytes - averageBytes(kind.fields(0), own))
    return new Table(name, kind.fields(paddingBytes), sequence, own)
  }
}

/** What a row comes to without padding, measured on some. Phones and the like come only when named. */
function averageBytes(fields: readonly Field[], seed: number): number {
  const columns = fields
    .filter((one) => one.group !== 'multiple')
    .map((field) => ({ name: field.name, field }))
  const rows = Array.from({ length: SAMPLE_ROWS }, (_, index): Row => {
    const id = 1_000_000 + index
    return { id, hash: mix(seed, id), changes: undefined, isAdded: false }
  })
  return new RowPage(rows, columns).json.length / SAMPLE_ROWS
}
