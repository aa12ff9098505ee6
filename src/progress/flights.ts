import type { RunEvent } from '../engine/events.ts'

/** A request in flight. */
interface Flight {
  readonly sentAt: number
  readonly commands: number
}

/** What is in flight is never taken to be there, however late it is. */
const MOST = 0.95
/** So much of what earlier answers showed counts on after each new one. */
const REMEMBERED = 0.9

/**
 * How far the requests in flight are likely to be, by how long answers took: where a request brings a share of the whole
 * list, answers alone would say nothing for most of the time.
 */
export class Flights {
  readonly #flights: Flight[] = []
  /** Of the answers so far, the later ones above all: how many, their commands, and where their time went. */
  #answers = 0
  #commands = 0
  #portalMs = 0
  #besidesMs = 0

  take(event: RunEvent, now: number): void {
    if (event.type === 'sent') this.#flights.push({ sentAt: now, commands: event.commands })
    if (event.type === 'lost') this.#land(now - event.elapsedMs)
    if (event.type !== 'answered') return
    this.#land(now - event.elapsedMs)
    const portalMs = Math.min(event.elapsedMs, event.portalSeconds * 1_000)
    this.#answers = this.#answers * REMEMBERED + 1
    this.#commands = this.#commands * REMEMBERED + sumOf(event.done)
    this.#portalMs = this.#portalMs * REMEMBERED + portalMs
    this.#besidesMs = this.#besidesMs * REMEMBERED + event.elapsedMs - portalMs
  }

  /** Commands in flight that are likely to be carried out at `now`. */
  commandsDone(now: number): number {
    if (this.#commands === 0) return 0
    let done = 0
    for (const { sentAt, commands } of this.#flights) {
      const expectedMs = this.#besidesMs / this.#answers + (commands * this.#portalMs) / this.#commands
      done += commands * Math.min(MOST, (now - sentAt) / Math.max(1, expectedMs))
    }
    return done
  }

  /** Takes out the flight that began at about this time. */
  #land(sentAt: number): void {
    let nearest = 0
    for (const [at, flight] of this.#flights.entries()) {
      const best = this.#flights[nearest]?.sentAt ?? 0
      if (Math.abs(flight.sentAt - sentAt) < Math.abs(best - sentAt)) nearest = at
    }
    this.#flights.splice(nearest, 1)
  }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}
