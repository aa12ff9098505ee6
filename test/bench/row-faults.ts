/** Which rows a run may write, and which it must. */
export interface Expected {
  /** Ids that have to be there, ascending. */
  readonly must: readonly number[]
  /** Whether a row with this id may be there at all. */
  readonly may: (id: number) => boolean
}

/** Exactly these rows. */
export function exactly(ids: readonly number[]): Expected {
  const known = new Set(ids)
  return { must: ids, may: (id) => known.has(id) }
}

/** While others write: what was there throughout, and besides what was there at the start or came later. */
export function throughout(before: readonly number[], lasting: readonly number[]): Expected {
  const known = new Set(before)
  const last = before.at(-1) ?? 0
  return { must: lasting, may: (id) => id > last || known.has(id) }
}

/** What is wrong with the ids that a run wrote, in words; empty if nothing is. */
export function rowFaults(found: readonly number[], { must, may }: Expected): string[] {
  const seen = new Set(found)
  const unordered = found.findIndex((id, index) => index > 0 && !(id > (found[index - 1] ?? 0)))
  const missing = must.filter((id) => !seen.has(id))
  const strange = [...seen].filter((id) => !may(id))
  const doubled = found.length - seen.size
  const faults: string[] = []
  if (missing.length > 0) faults.push(`${missing.length} rows missing, the first is ${missing[0]}`)
  if (strange.length > 0) faults.push(`${strange.length} rows that never were, the first is ${strange[0]}`)
  if (doubled > 0) faults.push(`${doubled} rows doubled`)
  if (unordered >= 0) faults.push(`not ascending at line ${unordered + 1}`)
  return faults
}
