import type { WireAnswer, WireCall } from './transport.ts'
import { wireBody } from './wire-body.ts'

export const TRACE_KINDS = ['headers', 'bodies', 'curl', 'errors'] as const
export type TraceKind = (typeof TRACE_KINDS)[number]

/** Of a body no more is shown. */
export const MOST_BODY_BYTES = 16 * 1024

/** What is read of a longer one: the end of it is cut off again, since a secret may have been cut in two there. */
const READ_BYTES = MOST_BODY_BYTES + 2 * 1024

/** A request as it went out, and what came of it. */
export interface Exchange {
  readonly call: WireCall
  /** The address, as it is. */
  readonly url: string
  /** Whether headers that authorise, and what is put into the body on the wire, are shown. */
  readonly showsSecrets: boolean
  readonly outcome: { readonly answer: WireAnswer } | { readonly error: unknown }
}

/** The text of a trace before it is redacted: nothing of this may be shown as it is. */
export function traceText(kind: TraceKind, exchange: Exchange, hide: (text: string) => string): string {
  const { call } = exchange
  switch (kind) {
    case 'curl':
      return curlCommand(exchange, hide)
    case 'headers':
      return lines(requestLines(exchange), outcomeLines(exchange))
    case 'bodies':
    case 'errors':
      return lines(
        requestLines(exchange),
        [`> ${shownBody(Buffer.from(exchange.showsSecrets ? wireBody(call).body : call.body), hide)}`],
        outcomeLines(exchange),
        'answer' in exchange.outcome ? [`< ${shownBody(exchange.outcome.answer.body, hide)}`] : [],
      )
  }
}

/** Whether an exchange failed: no answer, a bad status, or an error in the answer, be it in one command of a batch. */
export function isFailing({ outcome }: Pick<Exchange, 'outcome'>): boolean {
  if ('error' in outcome) return true
  const { status, body } = outcome.answer
  if (status >= 400 || status < 200 || (status >= 300 && status < 400)) return true
  const start = body.toString('latin1', 0, 64)
  return /^\s*\{\s*"error"/.test(start) || !/^\s*\{/.test(start) || body.includes('"result_error":{"')
}

function requestLines({ call, url, showsSecrets }: Exchange): string[] {
  const headers = Object.entries(call.headers).map(
    ([name, value]) => `> ${name}: ${showsSecrets ? value.reveal() : String(value)}`,
  )
  return [`> POST ${url}`, `> content-type: ${wireBody(call).contentType}`, ...headers]
}

function outcomeLines({ outcome }: Exchange): string[] {
  if ('error' in outcome) {
    const { error } = outcome
    return [`< no answer: ${error instanceof Error ? error.message : 'unknown'}`]
  }
  const { status, headers = {}, body, elapsedMs } = outcome.answer
  const shown = Object.entries(headers).map(([name, value]) => `< ${name}: ${[value].flat().join(', ')}`)
  return [`< HTTP ${status}, ${body.length} bytes in ${Math.round(elapsedMs)} ms`, ...shown]
}

function shownBody(body: Buffer, hide: (text: string) => string): string {
  if (body.length <= MOST_BODY_BYTES) return hide(body.toString())
  const text = hide(body.toString('utf8', 0, READ_BYTES))
  const kept = text.slice(0, Math.min(MOST_BODY_BYTES, text.length - (READ_BYTES - MOST_BODY_BYTES)))
  return `${kept}… (${body.length} bytes in all)`
}

/** A command that asks the same again; the webhook comes from where it always comes from. */
function curlCommand({ call, url }: Exchange, hide: (text: string) => string): string {
  const method = /\/rest\/(?:\d+\/[^/]+\/)?([\w.]+)$/.exec(url)?.[1] ?? call.method
  const body = hide(call.body).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const data = `'${body.replaceAll("'", `'\\''`)}'`
  return `curl -sS "\${BX24_WEBHOOK%/}/${method}" -H 'content-type: application/json' --data-raw ${data}\n`
}

function lines(...parts: readonly (readonly string[])[]): string {
  return parts.flat().join('\n') + '\n'
}
