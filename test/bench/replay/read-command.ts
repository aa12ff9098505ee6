import type { Stretch } from './prepared-rows.ts'

/** A command of a batch, or a call, as far as the replay understands it. */
export interface ReplayCommand extends Stretch {
  readonly method: string
  /** Only ids were asked for. */
  readonly isIdsOnly: boolean
}

/** What an earlier command of the batch answered: the id of a row, if that page has so many. */
export type IdOfRow = (command: string, index: number) => number | undefined

/** Reads `crm.deal.list?order[ID]=ASC&filter[>ID]=…`, with references to what came before it. */
export function readCommand(text: string, idOfRow: IdOfRow): ReplayCommand {
  const question = text.indexOf('?')
  const method = question < 0 ? text : text.slice(0, question)
  const params = new URLSearchParams(question < 0 ? '' : text.slice(question + 1))
  return { method, ...understood([...params], idOfRow) }
}

/** Reads the parameters of a call by itself, as JSON brings them. */
export function readCall(method: string, params: unknown): ReplayCommand {
  return { method, ...understood([...flat(params, '')], () => undefined) }
}

type Pairs = readonly (readonly [name: string, value: string])[]

function understood(pairs: Pairs, idOfRow: IdOfRow): Omit<ReplayCommand, 'method'> {
  let after = 0
  let upTo = Infinity
  for (const [name, value] of pairs) {
    const sign = /^filter\[([<>]=?)ID\]$/.exec(name)?.[1]
    if (sign === undefined) continue
    const bound = Number(resolved(value, idOfRow))
    if (sign === '>') after = Math.max(after, bound)
    if (sign === '>=') after = Math.max(after, bound - 1)
    if (sign === '<') upTo = Math.min(upTo, bound - 1)
    if (sign === '<=') upTo = Math.min(upTo, bound)
  }
  const selected = pairs.filter(([name]) => name.startsWith('select[')).map(([, value]) => value)
  return {
    after,
    upTo,
    isDescending: pairs.some(([name, value]) => name === 'order[ID]' && value.toUpperCase() === 'DESC'),
    isIdsOnly: selected.length === 1 && selected[0] === 'ID',
  }
}

/** With `$result[name][49][ID]` replaced by the id, or by nothing if there is no such row. */
function resolved(value: string, idOfRow: IdOfRow): string {
  return value.replace(/\$result\[(\w+)\]\[(\d+)\]\[ID\]/g, (_all, name: string, index: string) =>
    String(idOfRow(name, Number(index)) ?? ''),
  )
}

function* flat(value: unknown, name: string): Generator<readonly [string, string]> {
  if (typeof value !== 'object' || value === null) {
    yield [name, String(value)]
    return
  }
  for (const [key, member] of Object.entries(value))
    yield* flat(member, name === '' ? key : `${name}[${key}]`)
}
