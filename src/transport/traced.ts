import { revealed } from '../lib/secret.ts'
import { redact, secretsOf } from '../protocol/redact.ts'
import { type Exchange, isFailing, type TraceKind, traceText } from './trace-text.ts'
import type { Transport } from './transport.ts'

export interface TraceOptions {
  readonly kind: TraceKind
  /** Takes whole lines that hold no secret and cannot drive a terminal. */
  readonly write: (text: string) => void
  /** Leaves secrets where they are, for whoever has asked for that. */
  readonly showsSecrets?: boolean
}

/**
 * The same transport, every exchange of which is told to `write`; with `errors` those that failed. Whatever is told goes
 * through one place that takes secrets out: the webhook's code, tokens, headers that authorise.
 */
export function traced(transport: Transport, { kind, write, showsSecrets = false }: TraceOptions): Transport {
  function tell(exchange: Omit<Exchange, 'showsSecrets'>): void {
    if (kind === 'errors' && !isFailing(exchange)) return
    const { headers, fields, form } = exchange.call
    const secrets = secretsOf(exchange.url, revealed(headers, fields, form))
    const hide = (text: string): string => (showsSecrets ? text : redact(text, secrets))
    // Once more as a whole: what was put together from harmless parts need not be harmless.
    write(harmless(hide(traceText(kind, { ...exchange, showsSecrets }, hide))))
  }
  return async (call, signal) => {
    const url = call.url.reveal()
    try {
      const answer = await transport(call, signal)
      tell({ call, url, outcome: { answer } })
      return answer
    } catch (error: unknown) {
      tell({ call, url, outcome: { error } })
      throw error
    }
  }
}

/** Data must not paint the screen: what would drive a terminal is written out as `\u001b`. */
function harmless(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
