import { secretsInUrl } from '../protocol/redact.ts'
import type { WireCall } from './transport.ts'

/** Everything of a call that opens something, so that it can be hidden wherever it is repeated. */
export function secretsOf({
  url,
  headers,
  fields = {},
  form = {},
}: Pick<WireCall, 'url' | 'headers' | 'fields' | 'form'>): string[] {
  const values = [headers, fields, form].flatMap((one) => Object.values(one)).map((secret) => secret.reveal())
  // A token is a secret without the word in front of it, too.
  return [
    ...secretsInUrl(url.reveal()),
    ...values,
    ...values.map((value) => value.replace(/^(Bearer|Basic) /, '')),
  ]
}
