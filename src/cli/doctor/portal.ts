import type { Caller } from '../../engine/caller.ts'
import { Bx24Error, EXIT } from '../../errors.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import { cleanText } from '../clean-text.ts'
import { portalUser, scopesIn, userText } from '../portal-user.ts'
import { type Check, failure, failureOf, ok, skipped, warning } from './check.ts'

/** Beyond this, times of the portal and of this machine cannot be compared; a request takes some of it. */
const MOST_SKEW_MS = 60_000

const PATIENCE_SECONDS = 2

interface Answers {
  readonly profile: Outcome | undefined
  readonly scope: Outcome | undefined
  readonly method: Outcome | undefined
  readonly startedAt: string | undefined
}

/** What the portal answers, as whom it sees us, and what that user may do; one request. */
export async function checkPortal(
  caller: Caller,
  method: string | undefined,
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<Check[]> {
  let answers: Answers
  try {
    answers = await ask(caller, method, signal)
  } catch (error: unknown) {
    if (signal.aborted || !(error instanceof Bx24Error)) throw error
    return [
      failureOf('portal', error),
      ...['clock', 'user', 'scope'].map((name) => skipped(name, 'no answer')),
    ]
  }
  return [
    ok('portal', 'answers'),
    checkClock(answers.startedAt, now()),
    checkUser(answers.profile),
    checkScope(answers.scope),
    ...(method === undefined ? [] : [checkMethod(method, answers.method)]),
  ]
}

async function ask(caller: Caller, method: string | undefined, signal: AbortSignal): Promise<Answers> {
  const commands: NamedCommand[] = [
    { name: 'profile', method: 'profile', params: {} },
    { name: 'scope', method: 'scope', params: {} },
    ...(method === undefined ? [] : [{ name: 'method', method: 'method.get', params: { name: method } }]),
  ]
  const { outcomes, time } = await caller.batch(commands, { signal, expectedSeconds: PATIENCE_SECONDS })
  const [profile, scope, known] = outcomes
  return { profile, scope, method: known, startedAt: time.startedAt }
}

function checkClock(startedAt: string | undefined, now: number): Check {
  const name = 'clock'
  const portal = Date.parse(startedAt ?? '')
  if (Number.isNaN(portal)) return skipped(name, 'the portal does not say what time it is')
  const seconds = Math.round((now - portal) / 1_000)
  if (Math.abs(now - portal) <= MOST_SKEW_MS)
    return ok(name, `within a minute of the portal's (${startedAt ?? ''})`)
  return warning(
    name,
    `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the portal's.`,
    'Set the clock of this machine: conditions on dates such as "since yesterday" would be off by as much.',
  )
}

function checkUser(outcome: Outcome | undefined): Check {
  const name = 'user'
  if (outcome?.kind !== 'done') return skipped(name, reasonOf('profile', outcome))
  const user = portalUser(outcome.reply.result)
  const told = userText(user)
  if (user.isAdmin) return ok(name, `${told}, an administrator`)
  return warning(
    name,
    `${told} is no administrator, so the portal leaves out what this user may not see, without a word.`,
    'For complete exports use the credential of an administrator.',
  )
}

function checkScope(outcome: Outcome | undefined): Check {
  const name = 'scope'
  if (outcome?.kind !== 'done') return skipped(name, reasonOf('scope', outcome))
  const scopes = scopesIn(outcome.reply.result)
  return scopes.length === 0
    ? warning(name, 'the credential has no scope at all')
    : ok(name, scopes.join(', '))
}

function checkMethod(method: string, outcome: Outcome | undefined): Check {
  const name = 'method'
  if (outcome?.kind !== 'done') return skipped(name, reasonOf('method.get', outcome))
  const { result } = outcome.reply
  const is = (key: string): boolean => result.member(key)?.toString() === 'true'
  if (!is('isExisting'))
    return failure(name, `${method} does not exist on this portal.`, 'See bx24 raw methods.')
  if (is('isAvailable')) return ok(name, `${method} may be called`)
  return {
    ...failure(
      name,
      `${method} is not covered by the scopes of this credential.`,
      'Add the scope to the webhook.',
    ),
    exitCode: EXIT.auth,
  }
}

function reasonOf(asked: string, outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'refused') return `${asked} was not answered`
  const { apiCode, description } = outcome.refusal
  return cleanText(`the portal refused ${asked}: ${apiCode === '' ? description : apiCode}`)
}
