import { UsageError } from '../errors.ts'
import type { InputRow } from '../input/input-row.ts'
import { callInput, type CallShape } from '../operations/call-inputs.ts'
import { type CallInput, callRows } from '../operations/call-rows.ts'
import { checkClauses } from '../operations/check-clauses.ts'
import { JsonText } from '../protocol/json-text.ts'
import { isRead } from '../protocol/methods/reads.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { isId } from './ids.ts'
import { checkInputs, type Id, idLiteral, type Inputs } from './inputs.ts'
import { checkedApi, checkMethod } from './method-name.ts'
import { checkedFlag, checkSignal, type ClientSettings, refuseUnknown } from './options.ts'
import { paceOf, READS, SERIAL, type UsualPace, WRITES } from './pace.ts'
import { type CallParams, plainParams } from './parameters.ts'
import type { Run } from './results.ts'

export interface CallOptions {
  /** `v3` for REST 3.0, where a write is sent again under its key; the API that has the method if left out. */
  readonly api?: ApiVersion | undefined
  /** Parameters that all calls have besides their own. */
  readonly params?: CallParams | undefined
  /** Strictly in the order of the rows, one request after the other. */
  readonly serial?: boolean | undefined
  /** Doing a call twice does no harm: one that was not answered is sent again. */
  readonly idempotent?: boolean | undefined
  /** Most requests in flight at a time, 1 to 50; 6 for methods that read, 2 for others, 1 with `serial`. */
  readonly concurrency?: number | undefined
  /** Ends the sending; what it was aborted with is thrown behind the results of what was sent. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: readonly (keyof CallOptions)[] = [
  'api',
  'params',
  'serial',
  'idempotent',
  'concurrency',
  'signal',
]

/** A call with the id that its row was given with. */
interface GivenCall extends CallInput {
  readonly given: Id | null
}

/** Calls a method once for each row. @throws UsageError at once for what cannot be right */
export function callRun(
  method: string,
  rows: Inputs<CallParams>,
  options: CallOptions,
  settings: ClientSettings,
): Run {
  checkMethod(method)
  if (method.toLowerCase() === 'batch') {
    throw new UsageError(
      'batch-nested',
      'Calls are packed into batches by themselves.',
      'Commands of several methods go to batch().',
    )
  }
  checkInputs(rows, 'The rows')
  refuseUnknown(options, OPTIONS)
  checkSignal(options)
  const params = plainParams(options.params ?? {})
  checkClauses(params)
  const api = checkedApi(options, method)
  const shape = { method, api, params, into: undefined, templates: [], sendsEmpty: true, key: undefined }
  const isSerial = checkedFlag(options, 'serial')
  const isIdempotent = checkedFlag(options, 'idempotent')
  const pace = paceOf(options, settings, usualPace(method, isSerial))
  return async function* (caller, signal) {
    const dispatch = { ...pace, signal, api, isSerial, isIdempotent, digest: withoutJournal }
    for await (const items of callRows(caller, method, callInputs(rows, shape), dispatch)) {
      yield items.map(({ input, fate }) => {
        const { line, id: literal, given } = input as GivenCall
        return { line, literal, given, fate }
      })
    }
  }
}

function usualPace(method: string, isSerial: boolean): UsualPace {
  const usual = isRead(method) ? READS : WRITES
  return isSerial ? { ...usual, ...SERIAL } : usual
}

/** Only a journal tells rows apart, and there is none. */
function withoutJournal(): string {
  return ''
}

async function* callInputs(
  rows: Inputs<CallParams>,
  shape: CallShape,
): AsyncGenerator<GivenCall, void, undefined> {
  let line = 0
  for await (const row of rows) {
    const input = callInput(inputRow(row, ++line), shape, ROWS)
    const given = idOf(row)
    yield { ...input, given, id: given === null ? undefined : idLiteral(given) }
  }
}

const ROWS = 'the rows'

/** The row as reading it from a file of JSON would give it, so that it is checked and sent in the same way. */
function inputRow(row: unknown, line: number): InputRow {
  try {
    const raw = Buffer.from(JSON.stringify(plainParams(row, 'The row')))
    const members = JsonText.of(raw).members()
    return { line, raw, fields: new Map(Array.from(members, ({ name, value }) => [name, value])) }
  } catch (error: unknown) {
    throw error instanceof UsageError ? error.at(`Line ${line} of ${ROWS}`) : error
  }
}

function idOf(row: CallParams): Id | null {
  for (const [name, value] of Object.entries(row)) if (/^id$/i.test(name)) return isId(value) ? value : null
  return null
}
