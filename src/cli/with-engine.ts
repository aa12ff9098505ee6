import type { Credential } from '../auth/credential.ts'
import type { SettingValues } from '../config/settings.ts'
import type { Engine } from '../engine/caller.ts'
import { limitsFor } from '../protocol/limits.ts'
import type { HttpOptions } from '../transport/undici.ts'
import type { SETTINGS } from './options.ts'

/** For a question or two beside the runs: no display, no further attempts, nothing shared. @throws what `work` throws */
export async function withEngine<T>(
  credential: Credential,
  connection: HttpOptions,
  values: SettingValues<typeof SETTINGS>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const [{ openHttp }, { openEngine }] = await Promise.all([
    import('../transport/undici.ts'),
    import('../engine/engine.ts'),
  ])
  const http = await openHttp(connection)
  const engine = openEngine({
    credential,
    limits: limitsFor(credential.host, values),
    retries: 0,
    maxWaitMs: values.maxWait,
    onEvent: () => undefined,
    transport: http.transport,
  })
  try {
    return await work(engine)
  } finally {
    engine.close()
    await http.close()
  }
}
