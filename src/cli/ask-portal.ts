import type { Engine } from '../engine/caller.ts'
import { connectionOptions, connectionWarning } from './connection.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'
import { openPortal } from './open-portal.ts'
import { withEngine } from './with-engine.ts'

/** A question or two to the portal, or to a sandbox. @throws what `work` throws, and what opening throws */
export async function askPortal<T>(
  sandbox: string | undefined,
  settings: LoadedSettings,
  context: Context,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { values } = settings
  const portal = await openPortal(sandbox, settings, context)
  try {
    const connection = await connectionOptions(portal.credential, values, context)
    const warning = connectionWarning(portal.credential, values)
    if (warning !== undefined) context.messages.warn(warning)
    return await withEngine(portal.credential, connection, values, work)
  } finally {
    await portal.close()
  }
}
