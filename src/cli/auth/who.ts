import type { Credential } from '../../auth/credential.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import { cleanText } from '../clean-text.ts'
import { connectionOptions } from '../connection.ts'
import type { Context } from '../context.ts'
import type { LoadedSettings } from '../load-settings.ts'
import { withEngine } from '../with-engine.ts'

/** As whom the portal sees a credential; `undefined` where it does not say. */
export interface Who {
  readonly id: string | undefined
  readonly name: string | undefined
  /** Others see fewer rows, without a word. */
  readonly isAdmin: boolean
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
    const text = (name: string): string | undefined => readText(profile?.member(name))
    const name = [text('NAME'), text('LAST_NAME')]
      .filter((part) => part !== undefined && part !== '')
      .join(' ')
    const scopes = scope === undefined ? [] : (JSON.parse(scope.toString()) as unknown)
    return {
      id: text('ID'),
      name: name === '' ? undefined : cleanText(name),
      isAdmin: profile?.member('ADMIN')?.toString() === 'true',
      scopes: Array.isArray(scopes) ? scopes.map((one) => cleanText(String(one))) : [],
    }
  })
}

/** One line: `Анна Иванова (1), an administrator`. */
export function whoText({ id, name, isAdmin }: Who): string {
  const who = name === undefined ? `user ${id ?? '?'}` : `${name} (${id ?? '?'})`
  return isAdmin
    ? `${who}, an administrator`
    : `${who}, no administrator: the portal leaves out what this user may not see`
}

function resultOf(outcome: Outcome): JsonText | undefined {
  return outcome.kind === 'done' ? outcome.reply.result : undefined
}

function readText(value: JsonText | undefined): string | undefined {
  const read = value === undefined ? undefined : (JSON.parse(value.toString()) as unknown)
  return typeof read === 'string' || typeof read === 'number' ? String(read) : undefined
}
