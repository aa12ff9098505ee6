import type { Caller } from '../../engine/caller.ts'
import { NotUnderstoodError, RefusalError, TransportError, UsageError } from '../../errors.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { ListMethod, Paging, RowId, RowsPlace } from '../../protocol/methods/list-method.ts'
import { isMap } from '../../protocol/params.ts'
import type { Outcome, Reply } from '../../protocol/types.ts'
import { listCommand } from '../list-command.ts'
import { rowsOf } from '../rows.ts'
import type { ListQuery } from '../strategy.ts'
import { findId } from './find-id.ts'
import { findRows } from './find-rows.ts'
import { type FirstLook, firstLook } from './first-look.ts'
import {
  type FirstPage,
  idProbe,
  offsetProbe,
  pageProbe,
  type Probe,
  rowsOfEach,
  startProbe,
} from './probes.ts'

/** What the user says of a list, which then needs not be seen. */
export interface Settled {
  readonly rows?: RowsPlace | undefined
  /** `null`: nothing tells the rows apart. */
  readonly id?: RowId | null | undefined
  readonly paging?: Paging | undefined
}

export interface Recognised {
  readonly method: ListMethod
  /** The first page, which need not be asked for again. */
  readonly first: Reply
}

/** Seconds that a page of an unknown list may take the portal. */
const PAGE_SECONDS = 1

/** Further attempts at what one can do without. */
const PROBE_RETRIES = 1

/**
 * Looks at a list of which nothing is known: its first page, and where that does not say how pages are reached, one batch
 * of questions. Methods whose names do not say that they read must not come here.
 *
 * What is not shown is not guessed: a list of which nothing shows the end stays one that is unknown, and its walk ends
 * with what it is.
 *
 * @throws UsageError that names the option which settles what is not clear, NotUnderstoodError if there are no rows; what
 * the caller throws
 */
export async function recognise(
  caller: Caller,
  query: ListQuery,
  settled: Settled,
  signal: AbortSignal,
): Promise<Recognised> {
  const options = { signal, expectedSeconds: PAGE_SECONDS }
  const first = await caller.call(listCommand(query, {}), options)
  const rowsAt = settled.rows ?? rowsPlace(query.method, first)
  const { isUnknown = true, ...unknown } = query.method
  const seen: ListMethod = { ...unknown, rows: rowsAt, isRecognised: true }
  const rows = rowsOf(first.result, seen)
  const id = settled.id === null ? undefined : (settled.id ?? findId(rows))
  const method: ListMethod = { ...seen, id }
  if (settled.paging !== undefined) return { method: { ...method, paging: settled.paging }, first }

  if (settled.id === undefined) await refuseBareIds(caller, { ...query, method }, method, rows, signal)
  const look = firstLook(first, rows)
  if (look !== undefined && 'paging' in look) return { method: { ...method, paging: look.paging }, first }
  if (look !== undefined && 'unclear' in look) throw unclearPaging(method, look.unclear)
  const page: FirstPage = { query: { ...query, method }, rows, id }
  const found = await askProbes(caller, probesOf(page, look), method, signal)
  if (found !== undefined && found !== 'silence') return { method: { ...method, ...found }, first }
  if (look !== undefined && found === 'silence') {
    // The walk will see whether "start" is known.
    return { method: { ...method, paging: { by: 'start', pageRows: look.pageRows } }, first }
  }
  if (look !== undefined) {
    throw unclearPaging(method, `has more rows than these ${rows.length}, and answers them again for "start"`)
  }
  // Nothing shows that these rows are all, which the walk says behind them.
  return { method: { ...method, paging: { by: 'whole' }, isUnknown }, first }
}

function rowsPlace({ method }: ListMethod, { result, total, next }: Reply): RowsPlace {
  const found = findRows(result, total !== undefined || next !== undefined)
  if ('rows' in found) return found.rows
  if ('none' in found) {
    throw new NotUnderstoodError(
      `${method} is not in the table of known methods, and ${found.none}.`,
      'Check the parameters; if rows are somewhere in there, --rows-at PATH says where.',
    )
  }
  throw new UsageError(
    'unclear-rows',
    `${method} is not in the table of known methods, and ${found.unclear}.`,
    'Say where the rows are with --rows-at PATH, such as --rows-at items.',
  )
}

/** Some methods answer ids alone unless they are told which fields are wanted. @throws UsageError */
async function refuseBareIds(
  caller: Caller,
  query: ListQuery,
  { method, id }: ListMethod,
  rows: readonly JsonText[],
  signal: AbortSignal,
): Promise<void> {
  const isTold = Object.keys(query.params).some((name) => /^(select|fields|params)$/i.test(name))
  // One row by itself may well be an id alone.
  if (isTold || id === undefined || rows.length < 2 || !isBare(rows)) return
  const command = { ...listCommand(query, { select: ['*'] }), name: 'all' }
  const [told] = rowsOfEach(await askTogether(caller, [command], signal), query.method)
  if (told === undefined || isBare(told)) return
  throw new UsageError(
    'unclear-rows',
    `${method} is not in the table of known methods, and answers nothing but "${id.inRows}" of its rows unless it is told what to answer.`,
    "Say what you want, such as -p 'select[]=*'; if ids are all that you want, --row-id says so.",
  )
}

function isBare(rows: readonly JsonText[]): boolean {
  return rows.every((row) => [...row.members()].length === 1)
}

function unclearPaging({ method }: ListMethod, why: string): UsageError {
  return new UsageError(
    'unclear-paging',
    `${method} is not in the table of known methods, and ${why}.`,
    'Say how with --paging, such as --paging offset:OFFSET,LIMIT.',
  )
}

function idProbes(page: FirstPage): Probe[] {
  const { id } = page
  if (id === undefined) return []
  const otherCase = id.inRows === 'ID' ? 'id' : id.inRows === 'id' ? 'ID' : undefined
  return [id.inRows, otherCase].flatMap((name) => (name === undefined ? [] : (idProbe(page, name) ?? [])))
}

/** By id where that is possible, since it costs the portal least; then by position. */
function probesOf(page: FirstPage, look: Extract<FirstLook, { isCounted: true }> | undefined): Probe[] {
  const { params, method } = page.query
  const wrappers = ['params', 'PARAMS'].filter((name) => isMap(params[name]))
  const places = method.api === 'v3' ? [['pagination']] : [[], ...wrappers.map((name) => [name])]
  const names: [string, string][] = [['offset', 'limit'], ...(method.api === 'v3' ? [] : [CAPITALS])]
  const offsets = places.flatMap((at) => names.map((one) => offsetProbe(page, at, one)))
  const start = startProbe(page, look)
  // A list that counts its rows does so for "start"; where nothing is counted, "start" is what most methods pass over.
  const positions = look === undefined ? [...offsets, start] : [start, ...offsets]
  return [...idProbes(page), ...positions, pageProbe(page)].filter((probe) => probe !== undefined)
}

const CAPITALS: [string, string] = ['OFFSET', 'LIMIT']

/** What the first of the probes that says something says; `silence` if the portal answered none of them. */
async function askProbes(
  caller: Caller,
  probes: readonly Probe[],
  method: ListMethod,
  signal: AbortSignal,
): Promise<Partial<ListMethod> | 'silence' | undefined> {
  const commands = probes.flatMap((probe) => probe.commands)
  const outcomes = commands.length === 0 ? [] : await askTogether(caller, commands, signal)
  if (outcomes.every(({ kind }) => kind !== 'done')) return 'silence'
  const pages: (readonly JsonText[] | undefined)[] = rowsOfEach(outcomes, method)
  for (const { commands, read } of probes) {
    const found = read(pages.splice(0, commands.length))
    if (found !== undefined) return found
  }
  return undefined
}

/** A portal that refuses all of it, or answers something else than a batch, has said nothing about any. */
async function askTogether(
  caller: Caller,
  commands: Probe['commands'],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  try {
    const expectedSeconds = commands.length * PAGE_SECONDS
    return (await caller.batch(commands, { signal, expectedSeconds, retries: PROBE_RETRIES })).outcomes
  } catch (error) {
    if (error instanceof RefusalError) return []
    const isOther = error instanceof TransportError && ['not-json', 'truncated'].includes(error.fault)
    if (isOther) return []
    throw error
  }
}
