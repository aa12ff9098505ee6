import { type OperatingFigure, type PortalAnswer, htmlAnswer, timeValue } from '../answer.ts'
import type { CallDone, RequestContext } from '../caller.ts'
import { jsonBytes } from '../php-json.ts'
import { Refusal } from '../refusal.ts'
import type { AddressedCall, V3Body } from '../request.ts'
import { type PhpArray, type Value, elements, isArray, list, map, toText } from '../values.ts'
import { type IdempotentAnswers, isKey } from './idempotency.ts'
import { V3Refusal, errorValue, translated } from './refusals.ts'
import { resolved, unwrapped } from './references.ts'
import { BARE_ANSWERS, V3_METHODS, V3_WRITES } from './registry.ts'

/** What a call of REST 3.0 needs of the portal around it. */
export interface V3Surroundings {
  readonly kept: IdempotentAnswers
  call(method: string, params: PhpArray, isNested: boolean): CallDone
  /** @throws Refusal unless the address carries a webhook of the portal */
  authorise(): void
  /** Lets the real time of one call pass; false if the request is cut off. */
  pass(done: CallDone): Promise<boolean>
  figure(done: CallDone | undefined): OperatingFigure | undefined
  json(status: number, json: Buffer): PortalAnswer
}

/** Answers a call of REST 3.0. @throws Refusal, which is answered by `v3RefusalJson` */
export async function answerV3(
  call: AddressedCall,
  body: V3Body,
  context: RequestContext,
  around: V3Surroundings,
): Promise<PortalAnswer> {
  const startedAt = Date.now()
  if (call.method === 'batch' || V3_METHODS.has(call.method)) around.authorise()
  if (!body.isReadable)
    throw new V3Refusal('INVALIDJSONEXCEPTION', 'Тело запроса не является корректным JSON')
  const key = V3_WRITES.has(call.method) ? body.idempotencyKey : undefined
  const replayed = key === undefined ? undefined : replay(context.credential, call.method, key, body, around)
  if (replayed !== undefined) return replayed
  const done = call.method === 'batch' ? undefined : around.call(call.method, call.params, false)
  const result = done === undefined ? await batch(call, around) : done.answer.result
  if (result === undefined || (done !== undefined && !(await around.pass(done)))) return htmlAnswer(504)
  if (BARE_ANSWERS.has(call.method)) return around.json(200, jsonBytes(result))
  const time = timeValue(startedAt, Date.now(), around.figure(done))
  const answer = around.json(200, jsonBytes(map({ result, time })))
  if (key === undefined) return answer
  around.kept.keep(context.credential, call.method, key, body.text, answer.body)
  return withHeaders(answer, { 'idempotency-key': key })
}

export function v3RefusalJson(
  refusal: Refusal,
): { readonly status: number; readonly body: Buffer } | undefined {
  const worded = translated(refusal)
  return worded instanceof V3Refusal
    ? { status: worded.status, body: jsonBytes(errorValue(worded)) }
    : undefined
}

function replay(
  webhook: string,
  method: string,
  key: string,
  { text }: V3Body,
  around: V3Surroundings,
): PortalAnswer | undefined {
  if (!isKey(key)) {
    throw new V3Refusal('INVALIDIDEMPOTENCYKEYEXCEPTION', 'Недопустимое значение Idempotency-Key')
  }
  const kept = around.kept.find(webhook, method, key, text)
  if (kept === undefined) return undefined
  if (kept === 'reused') {
    throw new V3Refusal('IDEMPOTENCYKEYREUSEDEXCEPTION', 'Ключ уже использован с другим телом запроса', 422)
  }
  const headers = { 'idempotency-key': key, 'idempotent-replayed': 'true' }
  return withHeaders(around.json(200, kept.answer), headers)
}

/**
 * Runs calls one after another, each of which may refer to the results before it; the first that fails ends it, and
 * nothing is told of those that were done. Undefined if the request was cut off.
 */
async function batch({ params }: AddressedCall, around: V3Surroundings): Promise<Value | undefined> {
  const calls = elements(params)
  const isList = Array.from(params.entries()).every(
    ([key, one], index) => key === String(index) && isArray(one),
  )
  if (!isList) throw unreadable('cmd')
  const results = new Map<string, Value>()
  const answers: Value[] = []
  for (const [index, one] of calls.entries()) {
    if (!isArray(one)) continue
    const name = toText(one.get('as'))
    if (name !== '' && results.has(name)) throw unreadable(name)
    const query = resolved(one.get('query') ?? map({}), results)
    const done = nestedCall(toText(one.get('method')), isArray(query) ? query : map({}), around)
    if (!(await around.pass(done))) return undefined
    answers.push(done.answer.result)
    results.set(String(index), unwrapped(done.answer.result))
    if (name !== '') results.set(name, unwrapped(done.answer.result))
  }
  return list(answers)
}

/** A method that is not there is a mistake in the body here, not in the address. */
function nestedCall(method: string, query: PhpArray, around: V3Surroundings): CallDone {
  try {
    return around.call(method, query, true)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'ERROR_METHOD_NOT_FOUND') throw error
    throw new V3Refusal('METHODNOTFOUNDEXCEPTION', `Метод \`${method}\` не найден`)
  }
}

function unreadable(part: string): V3Refusal {
  return new V3Refusal('INVALIDSELECTEXCEPTION', `Не удается распознать выражение select \`${part}\``)
}

function withHeaders(answer: PortalAnswer, headers: Readonly<Record<string, string>>): PortalAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}
