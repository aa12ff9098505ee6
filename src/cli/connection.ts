import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SettingValues } from '../config/settings.ts'
import type { HttpOptions } from '../transport/undici.ts'
import { proxyFor } from '../transport/proxy.ts'
import type { Context } from './context.ts'
import type { SETTINGS } from './options.ts'
import { VERSION } from '../lib/version.ts'

/**
 * How a run reaches its portal: time limits, trusted certificates, and the proxy that the environment names for it.
 *
 * @throws ConfigError for a file of certificates or a proxy that cannot be used
 */
export async function connectionOptions(
  { origin }: { readonly origin: string },
  values: SettingValues<typeof SETTINGS>,
  { environment, cwd }: Pick<Context, 'environment' | 'cwd'>,
): Promise<HttpOptions> {
  const { caFile, insecure, timeout, connectTimeout } = values
  const authorities = caFile === undefined ? [] : await authoritiesIn(caFile)
  const extra = environment['NODE_EXTRA_CA_CERTS'] ?? ''
  return {
    timeoutMs: timeout,
    connectTimeoutMs: connectTimeout,
    userAgent: `bx24-cli/${VERSION}`,
    authorities:
      authorities.length === 0 || extra === ''
        ? authorities
        : [...authorities, ...(await extraRoots(resolve(cwd, extra)))],
    isInsecure: insecure,
    proxy: proxyFor(origin, environment),
  }
}

/** Loaded here: to read certificates takes all of Node's cryptography. */
async function authoritiesIn(caFile: string): Promise<string[]> {
  const { readAuthorities } = await import('../config/authorities.ts')
  return readAuthorities(caFile)
}

/** Node.js 20 would forget them as soon as it is told any roots at all. As it does, we pass over a bad file. */
async function extraRoots(path: string): Promise<string[]> {
  try {
    return [await readFile(path, 'latin1')]
  } catch {
    return []
  }
}

/** What to warn of before each run; `undefined` if the connection is as safe as it should be. */
export function connectionWarning(
  { origin, host }: { readonly origin: string; readonly host: string },
  { insecure }: { readonly insecure: boolean },
): string | undefined {
  if (!insecure || !origin.startsWith('https:')) return undefined
  return `--insecure: the certificate of ${host} is not checked; whoever sits on the way can read webhook and rows.`
}
