import { webhookCredential } from '../../src/auth/webhook.ts'
import type { Caller } from '../../src/engine/caller.ts'
import { openEngine } from '../../src/engine/engine.ts'
import { Bx24Error } from '../../src/errors.ts'
import { Secret } from '../../src/lib/secret.ts'
import { extract } from '../../src/operations/extract.ts'
import { limitsFor } from '../../src/protocol/limits.ts'
import type { FindMethod } from '../../src/protocol/methods/table.ts'
import type { Params } from '../../src/protocol/types.ts'
import { openHttp } from '../../src/transport/undici.ts'
import type { Documented } from './corpus.ts'

/** What get-all makes of a list: its rows as they came, and the error that it ended with. */
export interface Exported {
  readonly rows: readonly string[]
  readonly error: Bx24Error | undefined
}

/** A client of a portal over HTTP, as the program opens it. */
export async function openCaller(webhook: string): Promise<{ caller: Caller; close: () => Promise<void> }> {
  const credential = webhookCredential(new Secret(webhook))
  const http = await openHttp({
    timeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    userAgent: 'bx24-cli/test',
    authorities: [],
    isInsecure: false,
    proxy: undefined,
  })
  const engine = openEngine({
    credential,
    limits: limitsFor(credential.host, { plan: 'box' }),
    retries: 0,
    maxWaitMs: 10_000,
    onEvent: () => undefined,
    transport: http.transport,
  })
  return {
    caller: engine,
    async close() {
      engine.close()
      await http.close()
    },
  }
}

/** Everything that the documentation demands, with some value. */
export function neededParams({ entry }: Documented): Params {
  const filterName = entry.params_casing['filter'] ?? 'filter'
  // Not starred, and yet it says which history is meant.
  const unstarred = entry.notes.some((note) => /^entityTypeId is not starred/.test(note))
    ? ['entityTypeId']
    : []
  const needed = [...entry.required_params, ...unstarred].filter(
    (name) => !['filter', 'select', 'params'].includes(name),
  )
  const inFilter = (entry.required_in_filter ?? []).map((one) => one.split('|')[0] ?? '')
  const filter =
    entry.api === 'v3'
      ? inFilter.map((field) => [field, '=', 1])
      : Object.fromEntries(inFilter.map((field) => [field, '1']))
  return {
    ...Object.fromEntries(needed.map((name) => [name, name === 'preset' ? { ID: '27' } : '1'])),
    ...(inFilter.length === 0 ? {} : { [filterName]: filter }),
  }
}

/** Exports a documented list as a user would who gives it what it needs, and nothing else. */
export async function exported(caller: Caller, documented: Documented, find?: FindMethod): Promise<Exported> {
  const rows: string[] = []
  const { method, api } = documented.entry
  const parameters = { params: neededParams(documented), where: [], select: undefined }
  const request = { method, api, parameters, limit: undefined, batchSize: 50, concurrency: 4, find }
  const sink = {
    write: (page: readonly { toString(): string }[]): Promise<void> => {
      rows.push(...page.map((row) => row.toString()))
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
  try {
    const { signal } = new AbortController()
    await extract(caller, request, () => Promise.resolve(sink), { signal, onEvent: () => undefined })
    return { rows, error: undefined }
  } catch (error) {
    if (!(error instanceof Bx24Error)) throw error
    return { rows, error }
  }
}
