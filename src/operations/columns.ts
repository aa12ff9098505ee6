import { ColumnsError } from '../errors.ts'
import type { ColumnFindings, ColumnPlan } from '../output/columns.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { EntityField, EntityFields } from './entity-fields.ts'
import { isPortalMask } from './select-fields.ts'

/**
 * The columns that a table of this list begins with: those selected, in their order; for `*` and `UF_*`, and if nothing
 * is selected, the fields of the entity. Where nothing tells those, the first rows will.
 */
export async function columnPlan(
  selected: readonly string[] | undefined,
  { hasCamelCaseRows }: ListMethod,
  fields: EntityFields,
): Promise<ColumnPlan> {
  const isOpen = selected === undefined || selected.some(isPortalMask)
  const isSpellingLoose = hasCamelCaseRows === true
  // Where rows have other names than fields, and other fields than they are said to have, rows alone are to be believed.
  const known = isOpen && !isSpellingLoose ? ((await fields()) ?? []) : []
  const plain = known.filter(({ isUserField, isMultiField }) => !isUserField && !isMultiField)
  const users = known.filter(({ isUserField }) => isUserField)
  const names =
    selected === undefined
      ? known.filter((field) => plain.includes(field) || users.includes(field)).map(nameOf)
      : selected.flatMap((name) => {
          if (name === '*') return plain.map(nameOf)
          if (name === 'UF_*') return users.map(nameOf)
          return [isSpellingLoose ? camelCase(name) : name]
        })
  return { names: [...new Set(names)], isOpen, isSpellingLoose }
}

/**
 * Says what could not be put into the columns: values that came when the header was written, and columns that were
 * selected, that no row had and that the entity does not know either, which is how a misspelled name shows. A field that
 * the entity has may well be empty in all rows.
 *
 * @throws ColumnsError
 */
export async function checkColumns(
  { rows, late, clashes, unseen }: ColumnFindings,
  selected: readonly string[] | undefined,
  { method, hasCamelCaseRows, select }: ListMethod,
  fields: EntityFields,
  flatten: string | undefined,
): Promise<void> {
  const doubtful = (selected ?? []).filter(
    (name) => !isPortalMask(name) && unseen.includes(hasCamelCaseRows === true ? camelCase(name) : name),
  )
  const known = rows > 0 && doubtful.length > 0 ? await fields() : []
  const names = new Set(known?.map(({ name }) => name))
  const missing = rows === 0 ? [] : doubtful.filter((name) => !names.has(fieldOf(name, flatten)))
  const complaints = [
    ...(missing.length === 0 ? [] : [missingComplaint(missing, method)]),
    ...lostComplaints({ late, clashes }, select !== undefined, flatten),
  ]
  if (complaints.length === 0) return
  throw new ColumnsError(
    complaints.map(({ what }) => what).join(' '),
    complaints.map(({ hint }) => hint).join(' '),
  )
}

/** What of the rows is missing in a table whose columns nobody could choose; `undefined` if nothing is. */
export function lostValues(
  findings: ColumnFindings | undefined,
  flatten: string | undefined,
): ColumnsError | undefined {
  const complaints = findings === undefined ? [] : lostComplaints(findings, false, flatten)
  if (complaints.length === 0) return undefined
  return new ColumnsError(
    complaints.map(({ what }) => what).join(' '),
    complaints.map(({ hint }) => hint).join(' '),
  )
}

function lostComplaints(
  { late, clashes }: Pick<ColumnFindings, 'late' | 'clashes'>,
  canSelect: boolean,
  flatten: string | undefined,
): Complaint[] {
  return [
    ...(late.size === 0 ? [] : [lateComplaint(late, canSelect, flatten)]),
    ...(clashes.size === 0 ? [] : [clashComplaint(clashes, flatten)]),
  ]
}

interface Complaint {
  readonly what: string
  readonly hint: string
}

function missingComplaint(missing: readonly string[], method: string): Complaint {
  return {
    what: `No row of ${method} has the selected ${missing.join(', ')}.`,
    hint: 'Check the names in --select.',
  }
}

function lateComplaint(
  late: ColumnFindings['late'],
  canSelect: boolean,
  flatten: string | undefined,
): Complaint {
  const example =
    flatten !== undefined && canBeParted(flatten) ? ` such as ID,PHONE${flatten}0${flatten}VALUE` : ''
  const ways = [
    ...(canSelect && (flatten === undefined || example !== '')
      ? [`name all columns with --select${example}`]
      : []),
    flatten === undefined ? 'write NDJSON' : 'leave --flatten out',
  ].join(', or ')
  return {
    what: `Values are missing in the output, since their columns came after the header: ${inShort(counted(late))}.`,
    hint: `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`,
  }
}

function clashComplaint(clashes: ColumnFindings['clashes'], flatten: string | undefined): Complaint {
  return {
    what: `Values are missing in the output, since two of a row have the same column: ${inShort(counted(clashes))}.`,
    hint: flatten === undefined ? 'Write NDJSON.' : 'Use another separator with --flatten, or leave it out.',
  }
}

function counted(columns: ReadonlyMap<string, number>): string[] {
  return [...columns].map(([name, rows]) => `${name} (${rows} ${rows === 1 ? 'row' : 'rows'})`)
}

/** The field that a column is made from: `PHONE` for `PHONE.0.VALUE`, if nested values are spread out. */
export function fieldOf(column: string, flatten: string | undefined): string {
  return flatten !== undefined && canBeParted(flatten) ? (column.split(flatten)[0] ?? column) : column
}

/** Joined by what names themselves are made of, names cannot be told from their parts: `STAGE_ID` is one field. */
function canBeParted(separator: string): boolean {
  return !/^\w+$/.test(separator)
}

function nameOf({ name }: EntityField): string {
  return name
}

/** `CREATED_DATE` → `createdDate` */
function camelCase(name: string): string {
  const [field = '', ...nested] = name.split(/(?=[^A-Za-z0-9_])/)
  if (!/^[A-Z0-9_]+$/.test(field)) return name
  const camel = field.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return [camel, ...nested].join('')
}

function inShort(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and more` : shown
}
