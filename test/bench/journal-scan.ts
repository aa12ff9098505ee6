import { existsSync, readFileSync } from 'node:fs'

/**
 * Rows that a journal says were sent and of which it has no fate, as a run that goes on with it has to take it. It is read
 * without the program's own code; the last line may be cut off.
 */
export function openRows(file: string): Set<number> {
  const open = new Set<number>()
  if (!existsSync(file)) return open
  const lines = readFileSync(file, 'utf8').split('\n').slice(1, -1)
  for (const line of lines) {
    const { sent, unsent, fate } = JSON.parse(line) as Entry
    for (const [ordinal] of sent ?? []) open.add(ordinal)
    for (const ordinal of unsent ?? []) open.delete(ordinal)
    if (fate !== undefined) open.delete(fate)
  }
  return open
}

interface Entry {
  readonly sent?: readonly (readonly [ordinal: number, digest: string])[]
  readonly unsent?: readonly number[]
  readonly fate?: number
}
