import type { WireCall } from './transport.ts'

/** The body of a call with the secrets that belong into it, as it goes over the wire and nowhere else. */
export function wireBody({ body, fields = {}, form }: Pick<WireCall, 'body' | 'fields' | 'form'>): {
  contentType: string
  body: string
} {
  if (form !== undefined) {
    const pairs = Object.entries(form).map(([name, value]): [string, string] => [name, value.reveal()])
    return {
      contentType: 'application/x-www-form-urlencoded',
      body: new URLSearchParams(pairs).toString(),
    }
  }
  const members = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value.reveal())}`,
  )
  const contentType = 'application/json'
  if (members.length === 0) return { contentType, body }
  const [, inside = ''] = /^\s*\{([^]*)$/.exec(body) ?? []
  const isEmpty = /^\s*\}/.test(inside)
  // In front, so that a field of the same name which the user gave is the one that counts.
  return { contentType, body: `{${members.join(',')}${isEmpty ? '' : ','}${inside}` }
}
