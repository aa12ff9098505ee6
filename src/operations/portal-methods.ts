import type { Caller } from '../engine/caller.ts'
import { NotUnderstoodError } from '../errors.ts'
import { refusalError } from '../protocol/failures.ts'
import type { NamedCommand, Outcome } from '../protocol/types.ts'

/** What a portal says of its methods, names in lower case. */
export interface PortalMethods {
  /** Those that this credential may call, as the portal spells them, by their names in lower case. */
  readonly allowed: ReadonlyMap<string, string>
  /** All that it has. */
  readonly existing: ReadonlySet<string>
  readonly scopes: readonly string[]
}

const PATIENCE_SECONDS = 2

/** Asks a portal for the methods that it has and those that it allows, in one request. @throws what the caller throws */
export async function portalMethods(caller: Caller, signal: AbortSignal): Promise<PortalMethods> {
  const commands: NamedCommand[] = [
    { name: 'allowed', method: 'methods', params: {} },
    { name: 'existing', method: 'methods', params: { full: 'true' } },
    { name: 'scopes', method: 'scope', params: {} },
  ]
  const { outcomes } = await caller.batch(commands, { signal, expectedSeconds: PATIENCE_SECONDS })
  const [allowed = [], existing = [], scopes = []] = outcomes.map(namesIn)
  return {
    allowed: new Map(allowed.map((name) => [name.toLowerCase(), name])),
    existing: new Set([...existing, ...allowed].map((name) => name.toLowerCase())),
    scopes,
  }
}

function namesIn(outcome: Outcome): string[] {
  if (outcome.kind === 'refused')
    throw refusalError({ ...outcome.refusal, method: 'methods', status: undefined })
  const result = outcome.kind === 'done' ? outcome.reply.result : undefined
  const names = result?.isArray === true ? result.elements().map(({ text }) => text) : undefined
  if (names?.every((name) => name !== undefined) === true) return names
  throw new NotUnderstoodError(
    'The portal answered something else than names of methods.',
    'See bx24 raw methods.',
  )
}
