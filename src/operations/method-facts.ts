import type { ListMethod, Paging } from '../protocol/methods/list-method.ts'
import { bracketName } from '../protocol/params.ts'
import { countingOf } from './count.ts'

/** What the table knows of a method, for programs; what does not hold of it is left out. */
export interface MethodFacts {
  readonly method: string
  readonly api: 'v2' | 'v3'
  /** Where rows are below `result`; empty for `result` itself. */
  readonly rows: { readonly at: string; readonly form: ListMethod['rows']['form'] }
  /** As rows spell it, and as the filter does; `null` if nothing tells rows apart. */
  readonly id: { readonly inRows: string; readonly inFilter: string; readonly isNumber: boolean } | null
  readonly paging: Paging['by']
  readonly pageRows: number | null
  /** Of each inner list one suffices. */
  readonly needs: readonly (readonly string[])[]
  readonly isCounted: boolean
  readonly isForApplications: boolean
  readonly positions: readonly string[] | null
  /** What is to be used instead, if that is said; `null` if it is not deprecated. */
  readonly deprecated: string | null
  readonly changesState: string | null
  readonly notice: string | null
  readonly source: string
}

export function methodFacts(method: ListMethod): MethodFacts {
  const { rows, id, paging } = method
  return {
    method: method.method,
    api: method.api,
    rows: { at: rows.at.join('.'), form: rows.form },
    id: id === undefined ? null : { inRows: id.inRows, inFilter: id.inFilter, isNumber: id.isNumber },
    paging: paging.by,
    pageRows: pageRowsOf(paging) ?? null,
    needs: method.needs,
    isCounted: typeof countingOf(method) === 'string' && method.changesState === undefined,
    isForApplications: method.isForApplications === true,
    positions: method.positions ?? null,
    deprecated: method.deprecated ?? null,
    changesState: method.changesState ?? null,
    notice: method.notice ?? null,
    source: method.source,
  }
}

const PAGE_ROWS = 50

/** Rows of a full page; `undefined` for a list without pages. */
export function pageRowsOf(paging: Paging): number | undefined {
  if (paging.by === 'keyset') return PAGE_ROWS
  return paging.by === 'whole' ? undefined : paging.pageRows
}

/** What is unusual about a method, in few words each. */
export function shortNotes(method: ListMethod): string[] {
  const { deprecated, isForApplications, changesState, needs, positions, rows } = method
  return [
    ...(changesState === undefined ? [] : ['changes state, refused by get-all']),
    ...(deprecated === undefined ? [] : [deprecated === '' ? 'deprecated' : `deprecated: ${deprecated}`]),
    ...(isForApplications === true ? ['applications only'] : []),
    ...(needs.length === 0 ? [] : [`needs ${needs.map((names) => names.join(' or ')).join(', ')}`]),
    ...(positions === undefined ? [] : ['parameters by position']),
    ...(rows.losesKeys === true ? ['keys of rows are not written'] : []),
    ...(method.notice === undefined ? [] : [method.notice]),
  ]
}

/** `result`, `result[tasks]` */
export function rowsInWords({ rows }: ListMethod): string {
  return bracketName(['result', ...rows.at])
}
