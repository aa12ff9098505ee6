import type { Row } from './data/fields.ts'
import { RowView } from './query/columns.ts'
import { keepRows } from './query/written-rows.ts'
import { matches } from './query/find.ts'
import { type Journal, isJournalKind } from './journal.ts'
import type { ListQuery } from './methods/method.ts'
import { METHODS } from './methods/registry.ts'
import { parseStr } from './parse-str.ts'
import { jsonText } from './php-json.ts'
import { Refusal } from './refusal.ts'
import { toText } from './values.ts'
import { V3_METHODS } from './v3/registry.ts'
import type { World } from './world.ts'
import { methodParams } from './request.ts'

/** A text answer in pieces, so that a million lines need not be held. */
export interface TextAnswer {
  readonly status: number
  readonly contentType: string
  readonly chunks: Iterable<string>
}

const OWN_NAMES = new Set(['api', 'method', 'only', 'throughout'])
const LINES_PER_CHUNK = 200

/**
 * The right answer to a list method now, worked out without paging: every row that matches, in ascending id, one a
 * line, with the selection applied. `only=ids`: ids alone; `throughout=1`: without rows added since the start;
 * `api=v3`: of REST 3.0.
 */
export function truth(world: World, queryText: string): TextAnswer {
  const given = parseStr(queryText)
  const name = toText(given.get('method'))
  const methods = toText(given.get('api')) === 'v3' ? V3_METHODS : METHODS
  const method = methods.get(name.toLowerCase())
  if (method?.query === undefined) return plainText(400, `${name} is no list method of the sandbox\n`)
  const params = new Map([...methodParams(given).entries()].filter(([key]) => !OWN_NAMES.has(key)))
  try {
    const query = method.query(world, params)
    const { table, selection, columns } = query
    const isThroughout = toText(given.get('throughout')) === '1'
    const isIdsOnly = toText(given.get('only')) === 'ids'
    const lines = function* (): Generator<string> {
      const keep = isIdsOnly ? undefined : keepRows(table, columns)
      for (const row of matches(table, selection, false)) {
        if (isThroughout && !table.isOriginal(row.id)) continue
        if (query.isShown?.(row) === false) continue
        const text = isIdsOnly ? String(row.id) : rowText(query, row)
        if (query.shownAs === undefined) keep?.(row, text)
        yield `${text}\n`
      }
    }
    return {
      status: 200,
      contentType: isIdsOnly ? 'text/plain' : 'application/x-ndjson',
      chunks: joined(lines()),
    }
  } catch (error) {
    if (error instanceof Refusal) return plainText(400, `${error.code}: ${error.description}\n`)
    throw error
  }
}

function rowText(query: ListQuery, row: Row): string {
  return query.shownAs === undefined ? new RowView(row, query.columns).json : jsonText(query.shownAs(row))
}

/** What was executed; `kind` (request, write or dropped) picks lines of one kind. */
export function log(journal: Journal, kind: string | null): TextAnswer {
  if (kind !== null && !isJournalKind(kind)) return plainText(400, 'kind is request, write or dropped\n')
  return {
    status: 200,
    contentType: 'application/x-ndjson',
    chunks: joined(journal.lines(kind ?? undefined)),
  }
}

export function plainText(status: number, text: string): TextAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', chunks: [text] }
}

/** Some hundred lines at a time. */
export function* joined(lines: Iterable<string>): Generator<string> {
  let chunk = ''
  let count = 0
  for (const line of lines) {
    chunk += line
    if (++count % LINES_PER_CHUNK > 0) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

/** One line of JSON for each. */
export function jsonLines(values: readonly unknown[]): TextAnswer {
  return {
    status: 200,
    contentType: 'application/x-ndjson',
    chunks: values.map((value) => `${JSON.stringify(value)}\n`),
  }
}
