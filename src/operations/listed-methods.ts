import type { ListMethod } from '../protocol/methods/list-method.ts'
import { isRead } from '../protocol/methods/reads.ts'
import { type MethodFacts, methodFacts, shortNotes } from './method-facts.ts'
import type { PortalMethods } from './portal-methods.ts'

/** What a portal says of a method; of REST 3.0 it does not say. */
export type OnPortal = 'allowed' | 'no scope' | 'absent' | 'not said'

/** A method of the table, or one of a portal that the table does not know. */
export interface ListedMethod {
  readonly method: string
  /** `undefined`: not in the table. */
  readonly facts: MethodFacts | undefined
  readonly notes: readonly string[]
  readonly portal: OnPortal | undefined
}

/**
 * The methods whose names fit, by name.
 *
 * @param pattern a part of the name or, with `*` and `?` in it, the whole of it; all if left out
 * @param portal what a portal says; its other methods come as well then
 */
export function listedMethods(
  table: readonly ListMethod[],
  pattern: string | undefined,
  portal: PortalMethods | undefined,
): ListedMethod[] {
  const fits = pattern === undefined ? () => true : fitting(pattern)
  const known = new Set(table.map(({ method }) => method.toLowerCase()))
  const ofTable = table.map((method): ListedMethod => ({
    method: method.method,
    facts: methodFacts(method),
    notes: shortNotes(method),
    portal: portal && onPortal(method, portal),
  }))
  const others = [...(portal?.allowed ?? [])]
    .filter(([name]) => !known.has(name))
    .map(([name, method]): ListedMethod => ({
      method,
      facts: undefined,
      notes: [
        isRead(name) ? 'not in the table; reads, by its name' : 'not in the table; no list, by its name',
      ],
      portal: 'allowed',
    }))
  return [...ofTable, ...others]
    .filter(({ method }) => fits(method))
    .sort((left, right) => compared(left.method, right.method))
}

function compared(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function onPortal({ method, api }: ListMethod, { allowed, existing }: PortalMethods): OnPortal {
  if (api === 'v3') return 'not said'
  const name = method.toLowerCase()
  if (allowed.has(name)) return 'allowed'
  return existing.has(name) ? 'no scope' : 'absent'
}

function fitting(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) {
    const part = pattern.toLowerCase()
    return (name) => name.toLowerCase().includes(part)
  }
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const whole = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
  return (name) => whole.test(name)
}
