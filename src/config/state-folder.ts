import { isAbsolute, join } from 'node:path'

/**
 * The user's folder for what programs remember between runs; `undefined` if there is none. As the XDG specification says,
 * a relative path is ignored.
 */
export function stateFolder({
  home,
  environment,
}: {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}): string | undefined {
  const given = environment['XDG_STATE_HOME'] ?? ''
  if (isAbsolute(given)) return join(given, 'bx24')
  return isAbsolute(home) ? join(home, '.local', 'state', 'bx24') : undefined
}
