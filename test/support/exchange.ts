import { Secret } from '../../src/lib/secret.ts'
import type { WireAnswer } from '../../src/transport/transport.ts'
import { type HttpOptions, openHttp } from '../../src/transport/undici.ts'

/** Puts one call for `url` on the wire and gives what comes back, or throws what the transport throws. */
export async function exchange(url: string, options: Partial<HttpOptions> = {}): Promise<WireAnswer> {
  const http = await openHttp({
    timeoutMs: 5_000,
    connectTimeoutMs: 2_000,
    userAgent: 'test/0',
    authorities: [],
    isInsecure: false,
    proxy: undefined,
    ...options,
  })
  try {
    const call = {
      url: new Secret(url),
      headers: {},
      body: '{}',
      host: new URL(url).host,
      method: 'some.list',
    }
    return await http.transport(call, new AbortController().signal)
  } finally {
    await http.close()
  }
}
