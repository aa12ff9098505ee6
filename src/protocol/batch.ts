import { readRefusal, readReply } from './envelope.ts'
import { type JsonText, JsonTextError } from './json-text.ts'
import { toQuery } from './params.ts'
import type { BatchReply, NamedCommand, Outcome, Params, Reply } from './types.ts'

/**
 * The parameters of a batch. Names of commands must not look like numbers (PHP would make lists of the answers and
 * lose positions), and must be lower case (references are looked up as written). If it `halts`, a refused command stops
 * those behind it.
 *
 * @throws UsageError if a command holds what its string cannot carry
 */
export function batchParams(commands: readonly NamedCommand[], halts = false): Params {
  const cmd: Record<string, string> = {}
  for (const { name, method, params } of commands) {
    const query = toQuery(params)
    cmd[name] = query === '' ? method : `${method}?${query}`
  }
  return { halt: halts ? '1' : '0', cmd }
}

/** `$result[name][step][step]`: what an earlier command of the same batch answered. */
export function resultReference(name: string, steps: readonly (string | number)[]): string {
  return `$result[${name}]${steps.map((step) => `[${step}]`).join('')}`
}

/**
 * One outcome for each command, in the order of `commands`.
 *
 * @throws JsonTextError if the answer is not that of a batch
 */
export function readBatch(reply: Reply, commands: readonly NamedCommand[]): BatchReply {
  const parts = container(reply.result)
  if (!parts.has('result') || !parts.has('result_error'))
    throw new JsonTextError('the answer is not that of a batch')
  const [results, errors, totals, nexts, times] = [
    'result',
    'result_error',
    'result_total',
    'result_next',
    'result_time',
  ].map((name) => container(parts.get(name))) as [Container, Container, Container, Container, Container]

  const outcomes = commands.map(({ name }): Outcome => {
    const error = errors.get(name)
    if (error !== undefined) return { kind: 'refused', refusal: readRefusal(error) }
    const result = results.get(name)
    if (result === undefined) return { kind: 'absent' }
    const own = new Map<string, JsonText>()
    for (const [part, from] of [
      ['total', totals],
      ['next', nexts],
      ['time', times],
    ] as const) {
      const text = from.get(name)
      if (text !== undefined) own.set(part, text)
    }
    return { kind: 'done', reply: readReply(result, own) }
  })
  return { outcomes, time: reply.time }
}

/** Seconds that the portal worked on the commands of a batch, as far as it says. */
export function batchSeconds({ outcomes, time }: BatchReply): number {
  let seconds = 0
  for (const outcome of outcomes)
    if (outcome.kind === 'done') seconds += outcome.reply.time.durationSeconds ?? 0
  return seconds > 0 ? seconds : (time.durationSeconds ?? 0)
}

type Container = ReadonlyMap<string, JsonText>

/** A map of the answer by name; PHP writes an empty one as `[]`. @throws JsonTextError */
function container(text: JsonText | undefined): Container {
  const entries = new Map<string, JsonText>()
  if (text === undefined) return entries
  if (text.isArray && text.elements().length > 0) throw new JsonTextError('a list where a map was expected')
  for (const { name, value } of text.members()) entries.set(name, value)
  return entries
}
