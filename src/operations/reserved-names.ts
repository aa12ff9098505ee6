import { UsageError } from '../errors.ts'

/** Names that belong to the transport, not to the method; secrets among them must not stand on a command line. */
const RESERVED = new Set([
  'auth',
  'access_token',
  'refresh_token',
  'client_secret',
  'token',
  'auth_connector',
  'state',
])

/** @throws UsageError for the name of a parameter that the portal would take for a credential, in any casing */
export function refuseReserved(name: string): void {
  if (!RESERVED.has(name.toLowerCase())) return
  throw new UsageError(
    'reserved-name',
    `"${name}" is not for parameters: the portal takes it as a credential.`,
    'Credentials come from BX24_WEBHOOK or BX24_WEBHOOK_FILE.',
  )
}
