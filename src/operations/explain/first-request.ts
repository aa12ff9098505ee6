import type { Caller } from '../../engine/caller.ts'
import type { Command } from '../../protocol/types.ts'
import { chooseWalk } from '../../strategies/choose.ts'
import type { CheckedQuery } from '../list-query.ts'
import { selectedQuery } from '../selected-query.ts'

/** What a request asks for: one command alone, or several as a batch. */
export interface FirstRequest {
  readonly isBatch: boolean
  readonly commands: readonly Command[]
  /** Asked before, for the names that masks of the selection stand for; what these are is not in `commands` then. */
  readonly forFields: Command | null
}

/** Ends the walk when it has said what it would send. */
class Noted extends Error {}

/** What `get-all` would send first; found by letting it do so to a portal that is none. Nothing is sent. */
export async function firstRequest(
  checked: CheckedQuery,
  flatten: string | undefined,
  options: {
    readonly batchSize: number
    readonly concurrency: number | undefined
    readonly rowsWanted: number
  },
): Promise<FirstRequest> {
  let commands: readonly Command[] = []
  let isBatch = false
  const caller: Caller = {
    call(command) {
      commands = [command]
      return Promise.reject(new Noted())
    },
    batch(asked) {
      commands = asked.map(({ api, method, params }) => ({ ...(api && { api }), method, params }))
      isBatch = true
      return Promise.reject(new Noted())
    },
  }
  const signal = new AbortController().signal
  const selected = await noting(selectedQuery(caller, checked, flatten, signal))
  const forFields = selected === undefined ? (commands[0] ?? null) : null
  const query = selected?.query ?? checked.query
  await noting(chooseWalk(query.method)(caller, query, { signal, ...options }).next())
  return { isBatch, commands, forFields }
}

/** `undefined` if it came to a request. */
async function noting<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Noted) return undefined
    throw error
  }
}
