import type { Caller } from '../engine/caller.ts'
import { IncompleteError, LockedError } from '../errors.ts'
import { ListAudit } from '../operations/list-audit.ts'
import { refuseUncounted, type Verification, verify } from '../operations/verify.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { PortalTime } from '../protocol/types.ts'
import type { Context } from './context.ts'
import { type Manifest, openManifest, type RunFacts } from './manifest.ts'
import type { ProofWish } from './proof-options.ts'

/** So many ids are named in a message; a manifest has them all. */
const NAMED = 20

/** What is kept of a run to show afterwards that it got everything. */
export class Proof {
  readonly audit: ListAudit
  readonly #wish: ProofWish
  readonly #context: Context
  readonly #manifest: Manifest | undefined
  #verification: Verification | undefined
  #portal: { host: string; userId: string | undefined } | undefined
  /** First and last moment by the portal's clock, as it wrote them. */
  #clock: { first: string; last: string } | undefined

  constructor(wish: ProofWish, method: ListMethod, facts: RunFacts, context: Context) {
    if (wish.isVerified) refuseUncounted(method)
    this.audit = new ListAudit(wish.isVerified)
    this.#wish = wish
    this.#context = context
    this.#manifest = wish.manifest === undefined ? undefined : openManifest(wish.manifest, facts, context)
  }

  /** The same caller, listened to. */
  watched(caller: Caller, host: string, userId: string | undefined): Caller {
    this.#portal = { host, userId }
    const note = <T extends { readonly time: PortalTime }>(reply: T): T => {
      const { startedAt } = reply.time
      if (startedAt !== undefined) this.#clock = { first: this.#clock?.first ?? startedAt, last: startedAt }
      return reply
    }
    return {
      ...caller,
      call: async (command, options) => note(await caller.call(command, options)),
      batch: async (commands, options) => note(await caller.batch(commands, options)),
    }
  }

  /** Compares with the portal's count, if that was asked for. @throws IncompleteError if rows are missing */
  async verify(caller: Caller): Promise<void> {
    if (!this.#wish.isVerified) return
    const startedAt = this.#clock === undefined ? NaN : Date.parse(this.#clock.first)
    this.#verification = await verify(caller, this.audit, {
      signal: this.#context.signal,
      startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    })
    const { missing, changed, gone } = this.#verification
    if (changed.length > 0)
      this.#tell(`${rowsOf(changed)} came or were changed during the run and were not written`)
    if (gone.length > 0) this.#tell(`${rowsOf(gone)} were written and have gone or been changed since`)
    if (missing.length === 0) return
    const unreadable = this.audit.unreadable.map(({ id }) => id)
    const besides = unreadable.length === 0 ? '' : ` ${rowsOf(unreadable)} cannot be read.`
    throw new IncompleteError(
      `${rowsOf(missing)} that the portal counts ${missing.length === 1 ? 'was' : 'were'} not written, though not changed during the run.${besides}`,
      'get-all --ids gets rows by their ids; --manifest has all of them.',
      undefined,
      'walk.verify-missing',
    )
  }

  #tell(text: string): void {
    this.#context.messages.log({ level: 'info', message: `${text}.` })
  }

  /**
   * Writes the manifest, if one was asked for; `error` is what the run ended with. Whoever finds the output locked leaves
   * the manifest to the run that holds it.
   *
   * @throws OutputError if it cannot be written
   */
  async end(error: unknown): Promise<void> {
    if (error instanceof LockedError) return
    await this.#manifest?.write({
      audit: this.audit,
      portal: this.#portal,
      clock: this.#clock,
      verification: this.#verification,
      error,
    })
  }
}

function rowsOf(ids: readonly number[]): string {
  const more = ids.length > NAMED ? ' …' : ''
  const named = ids.slice(0, NAMED).join(', ')
  return `${ids.length === 1 ? 'The row' : `${ids.length} rows`} with the ${ids.length === 1 ? 'id' : 'ids'} ${named}${more}`
}
