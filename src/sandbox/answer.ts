import { dateTime } from './clock.ts'
import { jsonBytes } from './php-json.ts'
import type { Refusal } from './refusal.ts'
import { type Value, map } from './values.ts'

/**
 * How a socket fails. In process such an answer stands for a rejection; over HTTP the server carries it out.
 * `reset-middle` comes with the whole body, of which half is sent.
 */
export type WireFault = 'reset-before' | 'reset-middle' | 'lost-reply' | 'hang'

export interface PortalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly wire?: WireFault
  /** Told when the last of the answer was given to the network. */
  readonly onSent?: () => void
  /** Told when the connection that it went over has ended. */
  readonly onClosed?: () => void
}

/** The figures of the operating limit; undefined on a portal without it. */
export interface OperatingFigure {
  readonly seconds: number
  readonly resetAt: number
}

/** The `time` of an answer. Times are Unix milliseconds. */
export function timeValue(
  startedAt: number,
  finishedAt: number,
  operating: OperatingFigure | undefined,
): Value {
  const seconds = (finishedAt - startedAt) / 1000
  return map({
    start: startedAt / 1000,
    finish: finishedAt / 1000,
    duration: seconds,
    processing: seconds,
    date_start: dateTime(startedAt / 1000),
    date_finish: dateTime(finishedAt / 1000),
    ...(operating === undefined
      ? {}
      : { operating_reset_at: operating.resetAt, operating: operating.seconds }),
  })
}

export function successJson(
  result: Value,
  next: number | undefined,
  total: number | undefined,
  time: Value,
): Buffer {
  return jsonBytes(map({ result, next, total, time }))
}

/** A refusal as an error body, or as an entry of `result_error`. */
export function refusalValue(refusal: Refusal): Map<string, Value> {
  return map({ error: refusal.code, error_description: refusal.description, argument: refusal.argument })
}

export function jsonAnswer(status: number, body: Buffer): PortalAnswer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body }
}

const TITLES: Readonly<Record<number, string>> = {
  200: 'Site is under maintenance',
  302: '302 Found',
  404: '404 Not Found',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
}

/** A page of the proxy in front of the portal. */
export function htmlAnswer(status: number, headers: Readonly<Record<string, string>> = {}): PortalAnswer {
  const title = TITLES[status] ?? String(status)
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(text) }
}
