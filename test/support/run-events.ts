import type { RunEvent, WaitReason } from '../../src/engine/events.ts'
import { type TimeFigures, TimeRecord } from '../../src/progress/time-record.ts'

export const START = new Date(2026, 0, 5, 9, 7, 3).getTime()

/** Something that happens so many seconds after the start: an event, or the output being given rows or taking them. */
export type Happening = readonly [seconds: number, what: RunEvent | 'writing' | 'written']

/** Where the time of a run went that lasted for `seconds`. */
export function timed(seconds: number, ...happenings: readonly Happening[]): TimeFigures {
  const record = new TimeRecord(START)
  for (const [at, what] of [...happenings].sort(([one], [other]) => one - other)) {
    const now = START + at * 1_000
    if (what === 'writing') record.writing(now)
    else if (what === 'written') record.written(now)
    else record.take(what, now)
  }
  return record.figures(START + seconds * 1_000)
}

/** Both ends of a wait. */
export function waits(reason: WaitReason, from: number, to: number, method = 'm'): Happening[] {
  return [
    [from, { type: 'waiting', method, reason, until: START + to * 1_000 }],
    [to, { type: 'waited', method, reason }],
  ]
}

/** A request of so many commands, from leaving to its answer. */
export function flies(from: number, to: number, commands = 50, method = 'm'): Happening[] {
  return [sent(from, commands, method), [to, answered((to - from) * 1_000, { [method]: commands }, method)]]
}

/** A request that came to nothing. */
export function fails(from: number, to: number, isBrokenOff = false): Happening[] {
  return [sent(from), [to, { type: 'lost', method: 'm', elapsedMs: (to - from) * 1_000, isBrokenOff }]]
}

export function writes(from: number, to: number): Happening[] {
  return [
    [from, 'writing'],
    [to, 'written'],
  ]
}

export function sent(at: number, commands = 50, method = 'm'): Happening {
  return [at, { type: 'sent', method, commands, bytes: 300 }]
}

export function answered(
  elapsedMs: number,
  done: Readonly<Record<string, number>> = { m: 50 },
  method = 'm',
): RunEvent {
  const facts = { method, status: 200, bytes: 70_000, wireBytes: 9_000, portalSeconds: 1 }
  const billed = new Map(Object.keys(done).map((name) => [name, 1]))
  return { type: 'answered', ...facts, elapsedMs, done: new Map(Object.entries(done)), billed }
}
