import { JsonText, JsonTextError } from './json-text.ts'
import type { FieldFault, PortalTime, Refusal, Reply } from './types.ts'

export type Envelope =
  { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'refusal'; readonly refusal: Refusal }

/**
 * Reads the portal's answer: a good one is `{"result":…,"next":…,"total":…,"time":{…}}`, a bad one
 * `{"error":CODE,"error_description":TEXT}`, which may come with HTTP 200 as well.
 *
 * @throws JsonTextError if the body is not such an answer: HTML, cut short, or something else
 */
export function readEnvelope(body: Buffer): Envelope {
  const answer = JsonText.of(body)
  if (!answer.isObject) throw new JsonTextError('the answer is no JSON object')
  const parts = partsOf(answer)
  if (parts.has('error')) return { kind: 'refusal', refusal: readRefusal(answer) }
  const result = parts.get('result')
  if (result === undefined) throw new JsonTextError('the answer has neither result nor error')
  return { kind: 'reply', reply: readReply(result, parts) }
}

/**
 * The same for a call of which nothing is known: some methods answer a bare document, which is then the result.
 *
 * @throws JsonTextError if the body is no JSON at all
 */
export function readAnyEnvelope(body: Buffer): Envelope {
  const answer = JsonText.of(body)
  const parts = partsOf(answer)
  if (parts.has('error') || parts.has('result')) return readEnvelope(body)
  return { kind: 'reply', reply: readReply(answer, new Map()) }
}

function partsOf(answer: JsonText): Map<string, JsonText> {
  const parts = new Map<string, JsonText>()
  for (const { name, value } of answer.members()) parts.set(name, value)
  return parts
}

/** A reply from its parts; `total` and `next` of a command stand in containers of their own. */
export function readReply(result: JsonText, parts: ReadonlyMap<string, JsonText>): Reply {
  const total = readNumber(parts.get('total'))
  const next = readNumber(parts.get('next'))
  const timeText = parts.get('time')
  return {
    result,
    ...(total === undefined ? {} : { total }),
    ...(next === undefined ? {} : { next }),
    time: readTime(timeText),
    ...(timeText === undefined ? {} : { timeText }),
  }
}

/** `{"error","error_description"}`; the code may be empty, a number, or in REST 3.0 an object with code, message and validation. */
export function readRefusal(text: JsonText): Refusal {
  const parsed = text.parse()
  // A refusal in words alone, or in none.
  if (typeof parsed !== 'object' || parsed === null) return { apiCode: '', description: asText(parsed) }
  const { error, error_description: description } = parsed as Record<string, unknown>
  if (typeof error === 'object' && error !== null) {
    const { code, message, validation } = error as Record<string, unknown>
    const faults = Array.isArray(validation) ? validation.flatMap(fieldFault) : []
    const said = { apiCode: asText(code), description: asText(message) }
    return faults.length === 0 ? said : { ...said, validation: faults }
  }
  return { apiCode: asText(error), description: asText(description) }
}

/** What is wrong with a field; nothing if that is not said. */
function fieldFault(fault: unknown): FieldFault[] {
  if (typeof fault !== 'object' || fault === null) return []
  const { field, message } = fault as Record<string, unknown>
  const words = asText(message)
  return words === '' ? [] : [{ field: asText(field), message: words }]
}

export function readTime(text: JsonText | undefined): PortalTime {
  if (text?.isObject !== true) return {}
  const time = text.parse() as Record<string, unknown>
  const durationSeconds = asNumber(time.duration)
  const operatingSeconds = asNumber(time.operating)
  const operatingResetAt = asNumber(time.operating_reset_at)
  const { date_start: startedAt } = time
  return {
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(operatingSeconds === undefined ? {} : { operatingSeconds }),
    ...(operatingResetAt === undefined ? {} : { operatingResetAt }),
    ...(typeof startedAt === 'string' ? { startedAt } : {}),
  }
}

function readNumber(text: JsonText | undefined): number | undefined {
  return text === undefined ? undefined : asNumber(text.parse())
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
