import { nowSeconds } from './clock.ts'

const BASKETS = 10

/** Less than this per request and method is not recorded at all. */
const LEAST_RECORDED_SECONDS = 0.1

interface Basket {
  readonly number: number
  readonly firstCallAt: number
  seconds: number
}

/** The portal's sums of operating time: seconds per key (credential and method) in ten baskets of a window. */
export class OperatingTime {
  readonly #limitSeconds: number
  readonly #windowSeconds: number
  readonly #baskets = new Map<string, Basket[]>()

  constructor(limitSeconds: number, windowSeconds: number) {
    this.#limitSeconds = limitSeconds
    this.#windowSeconds = windowSeconds
  }

  /** A basket leaves as a whole when its first call is as old as the window. */
  #living(key: string): Basket[] {
    const now = nowSeconds()
    const living = (this.#baskets.get(key) ?? []).filter((one) => now < one.firstCallAt + this.#windowSeconds)
    this.#baskets.set(key, living)
    return living
  }

  sum(key: string): number {
    return this.#living(key).reduce((sum, basket) => sum + basket.seconds, 0)
  }

  /** When the oldest basket leaves; a window from now if there is none. Unix seconds, whole. */
  resetAt(key: string): number {
    const oldest = this.#living(key)[0]
    return Math.floor((oldest?.firstCallAt ?? nowSeconds()) + this.#windowSeconds)
  }

  isOver(key: string, pendingSeconds: number): boolean {
    return this.sum(key) + pendingSeconds > this.#limitSeconds
  }

  add(key: string, seconds: number): void {
    const now = nowSeconds()
    const number = Math.floor(now / (this.#windowSeconds / BASKETS))
    const living = this.#living(key)
    const latest = living.at(-1)
    if (latest?.number === number) latest.seconds += seconds
    else living.push({ number, firstCallAt: now, seconds })
  }
}

/** Portal time of one HTTP request, by key; put on record when the request ends. */
export class RequestMeter {
  readonly #operating: OperatingTime
  readonly #pending = new Map<string, number>()

  constructor(operating: OperatingTime) {
    this.#operating = operating
  }

  charge(key: string, seconds: number): void {
    this.#pending.set(key, (this.#pending.get(key) ?? 0) + seconds)
  }

  #recordable(key: string): number {
    const seconds = this.#pending.get(key) ?? 0
    return seconds > LEAST_RECORDED_SECONDS ? seconds : 0
  }

  isOver(key: string): boolean {
    return this.#operating.isOver(key, this.#recordable(key))
  }

  /** The figure that answers show as `operating`. */
  figure(key: string): number {
    return this.#operating.sum(key) + this.#recordable(key)
  }

  resetAt(key: string): number {
    return this.#operating.resetAt(key)
  }

  record(): void {
    for (const key of this.#pending.keys()) {
      const seconds = this.#recordable(key)
      if (seconds > 0) this.#operating.add(key, seconds)
    }
    this.#pending.clear()
  }
}
