import { type OperatingFigure, refusalValue, timeValue } from './answer.ts'
import type { CallDone, RequestContext } from './caller.ts'
import { urlDecode, parseStr } from './parse-str.ts'
import { type Unresolved, resolveReferences } from './references.ts'
import { Refusal } from './refusal.ts'
import { securedParams } from './security-filter.ts'
import { type PhpArray, type Value, isArray, isEmpty, map } from './values.ts'

const MOST_COMMANDS = 50
const FORBIDDEN = new Set(['batch', 'download', 'upload'])

/** What a batch needs of the portal around it. */
export interface BatchSurroundings {
  readonly unresolved: Unresolved
  /** Whether parameters pass the portal's filter against attacks. */
  readonly isFiltered: boolean
  call(context: RequestContext, method: string, params: PhpArray): CallDone
  /** Lets the real time of one command pass; false if the request is cut off. */
  pass(done: CallDone): Promise<boolean>
  figure(done: CallDone): OperatingFigure | undefined
  /** One figure for all commands, where a batch is charged as a whole; known only at its end. */
  sharedFigure(): OperatingFigure | undefined
}

/** The five containers of a batch, keyed as the commands are. */
interface Containers {
  readonly result: Map<string, Value>
  readonly result_error: Map<string, Value>
  readonly result_total: Map<string, Value>
  readonly result_next: Map<string, Value>
  readonly result_time: Map<string, Value>
}

interface Timed {
  readonly startedAt: number
  readonly finishedAt: number
  readonly figure: OperatingFigure | undefined
}

/**
 * Runs the commands one after another. Never refuses as a whole: what fails is in `result_error`.
 * Answers undefined if the portal cut the request off; commands done by then stay done.
 */
export async function runBatch(
  context: RequestContext,
  params: PhpArray,
  surroundings: BatchSurroundings,
): Promise<Value | undefined> {
  const isHalting = !isEmpty(anyCase(params, 'halt') ?? null)
  const containers = emptyContainers()
  const times = new Map<string, Timed>()
  let count = 0
  for (const [key, command] of commandsIn(params).entries()) {
    if (typeof command !== 'string') continue
    const startedAt = Date.now()
    try {
      const done = oneCommand(context, command, ++count, containers, surroundings)
      const isInTime = await surroundings.pass(done)
      if (!isInTime) return undefined
      if (done.isLost) continue
      put(containers, key, done)
      times.set(key, { startedAt, finishedAt: Date.now(), figure: surroundings.figure(done) })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      containers.result_error.set(key, refusalValue(error))
      if (isHalting) break
    }
  }
  const shared = surroundings.sharedFigure()
  for (const [key, { startedAt, finishedAt, figure }] of times) {
    containers.result_time.set(key, timeValue(startedAt, finishedAt, shared ?? figure))
  }
  return map({ ...containers })
}

export function emptyContainers(): Containers {
  return {
    result: new Map(),
    result_error: new Map(),
    result_total: new Map(),
    result_next: new Map(),
    result_time: new Map(),
  }
}

function oneCommand(
  context: RequestContext,
  command: string,
  ordinal: number,
  containers: Containers,
  surroundings: BatchSurroundings,
): CallDone {
  if (ordinal > MOST_COMMANDS) throw new Refusal('ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded')
  const { method, query } = splitCommand(command)
  if (FORBIDDEN.has(method.toLowerCase())) {
    throw new Refusal('ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage')
  }
  const given = parseStr(query)
  const params = resolveReferences(
    surroundings.isFiltered ? securedParams(given) : given,
    {
      result: containers.result,
      error: containers.result_error,
      total: containers.result_total,
      next: containers.result_next,
      time: containers.result_time,
    },
    surroundings.unresolved,
  )
  return surroundings.call(context, method, params)
}

/** As `parse_url` takes a command apart: an unencoded `#` cuts the rest off. */
function splitCommand(command: string): { method: string; query: string } {
  const [address = ''] = command.split('#', 1)
  const question = address.indexOf('?')
  if (question < 0) return { method: urlDecode(address), query: '' }
  return { method: address.slice(0, question), query: address.slice(question + 1) }
}

/** The commands among the parameters of a batch. */
export function commandsIn(params: PhpArray): PhpArray {
  const commands = anyCase(params, 'cmd')
  return isArray(commands) ? commands : map({})
}

function put(containers: Containers, key: string, { answer }: CallDone): void {
  containers.result.set(key, answer.result)
  if (answer.total !== undefined) containers.result_total.set(key, answer.total)
  if (answer.next !== undefined) containers.result_next.set(key, answer.next)
}

function anyCase(params: PhpArray, name: string): Value | undefined {
  for (const [key, value] of params.entries()) if (key.toLowerCase() === name) return value
  return undefined
}
