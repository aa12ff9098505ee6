import type { Credential } from '../../auth/credential.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import { connectionOptions } from '../connection.ts'
import type { Context } from '../context.ts'
import type { LoadedSettings } from '../load-settings.ts'
import { type PortalUser, portalUser, scopesIn, userText } from '../portal-user.ts'
import { withEngine } from '../with-engine.ts'

/** The user of a credential, and what it may do. */
export interface Who extends PortalUser {
  readonly scopes: readonly string[]
}

const QUESTIONS: readonly NamedCommand[] = [
  { name: 'profile', method: 'profile', params: {} },
  { name: 'scope', method: 'scope', params: {} },
]

/** Asks the portal, in one request. @throws AuthError if it does not take the credential, and whatever else a call throws */
export async function whoIs(
  credential: Credential,
  { values }: LoadedSettings,
  context: Context,
): Promise<Who> {
  const connection = await connectionOptions(credential, values, context)
  return withEngine(credential, connection, values, async (engine) => {
    const { outcomes } = await engine.batch(QUESTIONS, { signal: context.signal, expectedSeconds: 1 })
    const [profile, scope] = outcomes.map(resultOf)
    return { ...portalUser(profile), scopes: scopesIn(scope) }
  })
}

/** One line: `Анна Иванова (1), an administrator`. */
export function whoText(who: Who): string {
  return who.isAdmin
    ? `${userText(who)}, an administrator`
    : `${userText(who)}, no administrator: the portal leaves out what this user may not see`
}

function resultOf(outcome: Outcome): JsonText | undefined {
  return outcome.kind === 'done' ? outcome.reply.result : undefined
}
