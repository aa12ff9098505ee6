import type { LoggedWrite } from './write-log.ts'

export type Outcome = 'done' | 'refused' | 'unknown'

/** What a run said of an input. */
export interface SaidFate {
  /** Tells inputs apart: each has another one. */
  readonly key: string
  readonly outcome: Outcome
  /** Of the row that was made, where that was done. */
  readonly id: number | undefined
}

/** Ids of the rows that the portal made for an input, by its key. */
export type Executions = ReadonlyMap<string, readonly number[]>

export interface FateTally {
  readonly done: number
  readonly refused: number
  readonly unknown: number
  /** Inputs that the portal carried out, and those that it did more than once. */
  readonly executed: number
  readonly twice: number
}

/** What the portal did for each input. */
export function executionsOf(
  writes: readonly LoggedWrite[],
  keyOf: (write: LoggedWrite) => string,
): Executions {
  const executions = new Map<string, number[]>()
  for (const write of writes) {
    const key = keyOf(write)
    executions.set(key, [...(executions.get(key) ?? []), write.id])
  }
  return executions
}

export function tallyOf(said: readonly SaidFate[], executions: Executions): FateTally {
  const of = (outcome: Outcome): number => said.filter((one) => one.outcome === outcome).length
  return {
    done: of('done'),
    refused: of('refused'),
    unknown: of('unknown'),
    executed: executions.size,
    twice: [...executions.values()].filter((ids) => ids.length > 1).length,
  }
}

/**
 * What is wrong with the fates that a run told, in words; empty if nothing is: each input has exactly one, in the order
 * of the input, what is done was done once and made the row that is named, what is refused was not done, nothing was done
 * twice. With `mayRepeat` doing a thing twice is allowed.
 */
export function fateFaults(
  inputs: readonly string[],
  said: readonly SaidFate[],
  executions: Executions,
  { mayRepeat = false }: { readonly mayRepeat?: boolean } = {},
): string[] {
  const known = new Set(inputs)
  const heard = new Set(said.map(({ key }) => key))
  const idsOf = (key: string): readonly number[] => executions.get(key) ?? []
  const doubled = said.length - heard.size
  const unordered = said.findIndex(({ key }, index) => key !== inputs[index])
  const done = said.filter(({ outcome }) => outcome === 'done')
  return [
    ...counted(
      'without a fate',
      inputs.filter((key) => !heard.has(key)),
    ),
    ...(doubled > 0 ? [`${doubled} fates too many`] : []),
    ...(said.length === inputs.length && unordered >= 0 ? [`not in order at line ${unordered + 1}`] : []),
    ...counted('done and not carried out', keysOf(done.filter(({ key }) => idsOf(key).length === 0))),
    ...counted(
      'done with the answer of another one',
      keysOf(done.filter(({ key, id }) => id !== undefined && !idsOf(key).includes(id))),
    ),
    ...counted(
      'refused and carried out',
      keysOf(said.filter(({ key, outcome }) => outcome === 'refused' && idsOf(key).length > 0)),
    ),
    ...(mayRepeat
      ? []
      : counted(
          'carried out twice',
          [...executions].filter(([, ids]) => ids.length > 1).map(([key]) => key),
        )),
    ...counted(
      'carried out and never asked for',
      [...executions.keys()].filter((key) => !known.has(key)),
    ),
  ]
}

function keysOf(fates: readonly SaidFate[]): string[] {
  return fates.map(({ key }) => key)
}

function counted(what: string, keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [`${keys.length} ${what}, the first is ${keys[0] ?? ''}`]
}
