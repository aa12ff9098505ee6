export const HIDDEN = '***'

/** The segment behind `/rest/USER_ID/` or `/rest/api/USER_ID/` is the code of a webhook; slashes as text, JSON or URL. */
const WEBHOOK_CODE =
  /(rest(?:(?:\/|\\\/|%2F|%252F)api)?(?:\/|\\\/|%2F|%252F)\d+(?:\/|\\\/|%2F|%252F))[^/\\\s"'%&?<>]+/gi

const SECRET_NAME =
  '(?:auth|access_?token|refresh_?token|client_?secret|application_?token|token|auth_?id|refresh_?id|app_?sid|sess_?id|password)'

/** `"auth":"…"`, also where quotes are escaped since the JSON is inside of a JSON text. */
const IN_JSON = new RegExp(
  `(\\\\*"${SECRET_NAME}\\\\*"\\s*:\\s*)(\\\\*")(?:[^"\\\\]|\\\\(?!")[^"])*?(\\\\*")`,
  'gi',
)

/** `auth=…` in an address, a form, or the `cmd` of a batch; also with the equals sign and brackets encoded. */
const IN_QUERY = new RegExp(
  `((?:\\b|%(?:25)*[0-9A-F]{2})${SECRET_NAME}(?:\\]|%5D)?(?:=|%3D|%253D))[^&\\s"'<>\\\\%]*(?:%(?!26)[0-9A-F]{2}[^&\\s"'<>\\\\%]*)*`,
  'gi',
)

const IN_HEADER = /^([<>] (?:authorization|cookie|set-cookie|proxy-authorization)\s*:\s*).*$/gim

/** What is shorter guards nothing, and is in every text. */
const SHORTEST_SECRET = 6

/** Names and passwords in front of a host. */
const IN_AUTHORITY = /(\bhttps?:(?:\/\/|\\\/\\\/))[^/\s"'@\\]+@/gi

/**
 * `text` with `***` for everything that opens a portal: the code of a webhook wherever an address stands, tokens by their
 * names in JSON and queries, headers that authorise, and `secrets` wherever they stand and whatever surrounds them.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let shown = text
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) shown = shown.replaceAll(secret, HIDDEN)
  return shown
    .replace(WEBHOOK_CODE, `$1${HIDDEN}`)
    .replace(IN_JSON, `$1$2${HIDDEN}$3`)
    .replace(IN_QUERY, `$1${HIDDEN}`)
    .replace(IN_HEADER, `$1${HIDDEN}`)
    .replace(IN_AUTHORITY, `$1${HIDDEN}@`)
}

/** The parts of a webhook's address that open the portal. */
export function secretsInUrl(url: string): string[] {
  const code = /\/rest\/(?:api\/)?\d+\/([^/?#]+)/.exec(url)?.[1]
  return code === undefined ? [] : [code]
}

/** Everything of a call that opens something, so that it is hidden wherever it is repeated: its address, and these values. */
export function secretsOf(url: string, values: readonly string[]): string[] {
  // A token is a secret without the word in front of it, too.
  return [...secretsInUrl(url), ...values, ...values.map((value) => value.replace(/^(Bearer|Basic) /, ''))]
}
