import type { IdRange } from '../strategies/strategy.ts'

/** The ids in each of some ranges, which ascend and do not overlap. */
export function idsIn(ids: Iterable<number>, ranges: readonly IdRange[]): number[][] {
  const found = ranges.map((): number[] => [])
  let at = 0
  for (const id of ids) {
    while (at < ranges.length && id > (ranges[at]?.upTo ?? Infinity)) at++
    if (at === ranges.length) break
    if (id > (ranges[at]?.after ?? -1)) found[at]?.push(id)
  }
  return found
}

/** Each of some ranges in so many parts with about as many of the ids in each; by their width where there are few ids. */
export function partsOf(ids: Iterable<number>, ranges: readonly IdRange[], parts: number): IdRange[] {
  const own = idsIn(ids, ranges)
  return ranges.flatMap((range, index) => {
    const inside = own[index] ?? []
    const { after = -1, upTo } = range
    const cuts = Array.from({ length: parts - 1 }, (_, part) => {
      const share = (part + 1) / parts
      if (inside.length >= 2 * parts) return inside[Math.floor(inside.length * share)] ?? after
      return upTo === undefined ? after : Math.floor(after + (upTo - after) * share)
    })
    const bounds = [...new Set(cuts)].filter((cut) => cut > after && (upTo === undefined || cut < upTo))
    return [...bounds, upTo].map((end, at) => ({ after: at === 0 ? range.after : bounds[at - 1], upTo: end }))
  })
}
