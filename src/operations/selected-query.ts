import type { Caller } from '../engine/caller.ts'
import type { ColumnPlan } from '../output/columns.ts'
import type { Sink } from '../output/sink.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { withParamAt } from '../protocol/places.ts'
import type { ListQuery } from '../strategies/strategy.ts'
import { checkColumns, columnPlan, fieldOf } from './columns.ts'
import { entityFields } from './entity-fields.ts'
import type { CheckedQuery } from './list-query.ts'
import { expandedSelection } from './select-fields.ts'

/** A query that can be sent, and what is to be written of its rows. */
export interface SelectedQuery {
  /** With the masks of its selection expanded, and the id in it. */
  readonly query: ListQuery
  readonly columns: () => Promise<ColumnPlan>
  /** The names of `--select`, masks expanded; `undefined` without one. */
  readonly fields: readonly string[] | undefined
  /** Rows as they were asked for: without the id, if only the walk wanted it. */
  readonly asAsked: (rows: readonly JsonText[]) => readonly JsonText[]
  /** Says what could not be put into the columns of a table. @throws ColumnsError */
  readonly check: (sink: Sink) => Promise<void>
}

/**
 * Expands the selection of a query, which may ask the portal for the fields of the entity.
 *
 * @param flatten in tables, what joins the names of nested values
 * @throws UsageError for masks that mean nothing; what `caller` throws
 */
export async function selectedQuery(
  caller: Caller,
  { query, select }: CheckedQuery,
  flatten: string | undefined,
  signal: AbortSignal,
): Promise<SelectedQuery> {
  const { api, select: at, id, usualSelect, selectNeeds = [] } = query.method
  const known = entityFields(caller, query.method, query.params, signal)
  const columns = select === undefined ? undefined : await expandedSelection(select, query.method, known)
  const names =
    columns?.map((name) => (api === 'v3' ? name : fieldOf(name, flatten))) ??
    (usualSelect && (await expandedSelection(usualSelect, query.method, known)))
  const fields = names && [...new Set(names)]
  const wanted = id === undefined ? selectNeeds : [id.inFilter, ...selectNeeds]
  const missing =
    fields === undefined || fields.includes('*')
      ? selectNeeds.filter((name) => fields?.includes(name) === false)
      : [...new Set(wanted)].filter((name) => !fields.includes(name))
  // What was not asked for is taken out again.
  const added = columns === undefined || columns.includes('*') ? [] : missing
  const inRows = (name: string): string => (name === id?.inFilter ? id.inRows : name)
  return {
    query:
      fields === undefined || at === undefined
        ? query
        : {
            ...query,
            params: withParamAt(query.params, at, [...missing, ...fields]),
          },
    columns: () => columnPlan(columns, query.method, known),
    fields: columns,
    asAsked: (rows) =>
      added.length === 0
        ? rows
        : rows.map((row) => added.reduce((left, name) => left.without(inRows(name)), row)),
    async check(sink) {
      const findings = sink.columns?.()
      if (findings !== undefined) await checkColumns(findings, columns, query.method, known, flatten)
    },
  }
}
