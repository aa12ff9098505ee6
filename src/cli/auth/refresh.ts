import { UsageError } from '../../errors.ts'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import { loadSettings } from '../load-settings.ts'
import { readStored, renewStored } from '../stored-access.ts'
import { storedProfile } from './stored-profile.ts'

/** Renews the access of a profile now; runs do that by themselves when it is needed. @throws UsageError, SignInError */
export async function refresh(options: AuthOptions, context: Context): Promise<void> {
  const name = await storedProfile(options, context)
  const stored = await readStored(name, context)
  if (stored.kind === 'webhook') {
    throw new UsageError(
      'nothing-to-refresh',
      `The profile ${JSON.stringify(name)} is a webhook, which lasts.`,
    )
  }
  const { values } = await loadSettings({ ...options.flags, profile: name }, context)
  await renewStored(name, stored, values, context)
  context.messages.printText('refreshed', `The access of ${name} is renewed.`)
}
