/** Requests that a portal refuses, sent at these seconds, whatever the second at which its level falls. */
export function refusedBy(at: readonly number[], capacity: number, drain: number): number {
  let worst = 0
  for (let phase = 0.05; phase <= 1; phase += 0.05) {
    let level = 0
    let refused = 0
    let second = 0
    for (const time of at) {
      while (second + phase <= time) {
        level = Math.max(0, level - drain)
        second++
      }
      if (++level > capacity) refused++
    }
    worst = Math.max(worst, refused)
  }
  return worst
}
