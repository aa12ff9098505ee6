import { UsageError } from '../errors.ts'
import type { ListMethod, RowId, RowsPlace } from '../protocol/methods/list-method.ts'
import type { Settled } from '../strategies/recognise/recognise.ts'
import { pagingText, parsePaging, place } from './paging-option.ts'

/** What a user says of a list, as it is written. */
export interface WrittenShape {
  readonly rowsAt?: string | undefined
  readonly rowId?: string | undefined
  readonly paging?: string | undefined
}

/** The same, read. @throws UsageError for what cannot be read */
export function readShape({ rowsAt, rowId, paging }: WrittenShape): Settled | undefined {
  if (rowsAt === undefined && rowId === undefined && paging === undefined) return undefined
  return {
    rows: rowsAt === undefined ? undefined : readRowsAt(rowsAt),
    id: rowId === undefined ? undefined : readRowId(rowId),
    paging: paging === undefined ? undefined : parsePaging(paging),
  }
}

const FORMS: Readonly<Record<string, RowsPlace['form']>> = { '{}': 'keyed', '{[]}': 'grouped' }

/** `items`, `report.days`, a dot for the answer itself; `{}` behind it for the values of a map, `{[]}` for groups. */
function readRowsAt(text: string): RowsPlace {
  const [, path = '', form = ''] = /^(.*?)(\{\}|\{\[\]\})?$/.exec(text.trim()) ?? []
  const at = path === '' || path === '.' ? [] : [...place(path)]
  if (at.includes('') || (text.trim() === '' && form === '')) {
    throw new UsageError(
      'rows-at',
      `"${text}" is no place in an answer.`,
      'Write items, report.days, or a dot for the answer itself.',
    )
  }
  // Whoever looks at an answer sees that its rows are in result.
  return { at: at[0] === 'result' ? at.slice(1) : at, form: FORMS[form] ?? 'array' }
}

/** `ID`, `id=ID` if filter and order spell it otherwise, `none`. */
function readRowId(text: string): RowId | null {
  if (text === 'none') return null
  const [inRows = '', inFilter = inRows, ...rest] = text.split('=')
  if (inRows === '' || inFilter === '' || rest.length > 0) {
    throw new UsageError('row-id', `"${text}" is no name of an id.`, 'Write ID, id=ID, or none.')
  }
  return { inRows, inFilter, isNumber: true }
}

/** What is known of a list, as the options that say the same. */
export function shapeText({ rows, id, paging, isUnknown }: ListMethod): string {
  const form = rows.form === 'keyed' ? '{}' : rows.form === 'grouped' ? '{[]}' : ''
  const at = `${rows.at.join('.') || '.'}${form}`
  const name =
    id === undefined ? 'none' : id.inRows === id.inFilter ? id.inRows : `${id.inRows}=${id.inFilter}`
  const pages = isUnknown === true ? '' : ` --paging ${pagingText(paging)}`
  return `--rows-at ${form === '' ? at : `'${at}'`} --row-id ${name}${pages}`
}
