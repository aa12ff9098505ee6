import Bottleneck from 'bottleneck'
import type { Callback, Redis } from 'ioredis'
import type { SharedBucket } from '../ledger/level.ts'
import { ANSWER_MS, letExit, withinTime } from './client.ts'
import { KEPT_MS, redisNames } from './names.ts'

/** How often each program has Bottleneck look whether places have come back. */
const LOOK_MS = 250

/** What Bottleneck's scripts take for the time; each machine has its own. */
const OWN_TIME = 'local now = tonumber(ARGV[1])'
const SERVERS_TIME =
  "local clock = redis.call('time')\nlocal now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)"

/** Whoever waits for a place. */
interface Waiter {
  readonly serve: () => void
  readonly lose: () => void
}

/**
 * The portal's bucket in Redis, by Bottleneck's clustering: a reservoir of places that come back at a steady rate, and that
 * programs of all machines are given in turn. As long as one connection holds.
 */
export class RedisBucket {
  readonly #limiter: Bottleneck
  readonly #connection: Bottleneck.IORedisConnection
  readonly #placeMs: number
  readonly #onTrouble: (error: Error) => void
  readonly #waiting: Waiter[] = []
  #isLost = false

  /** @param onTrouble told when Redis cannot be used any more; may be told several times */
  constructor(client: Redis, host: string, shared: SharedBucket, onTrouble: (error: Error) => void) {
    const { places, perSecond } = shared
    this.#placeMs = 1000 / perSecond
    this.#connection = new Bottleneck.IORedisConnection({ client: suited(client) })
    const increase = Math.max(1, Math.ceil(perSecond / 1000))
    this.#limiter = new Bottleneck({
      id: redisNames(host).bucket,
      datastore: 'ioredis',
      connection: this.#connection,
      // Should Redis forget it in the middle of runs, the portal has not: places come back, and none are there.
      reservoir: 0,
      reservoirIncreaseMaximum: places,
      reservoirIncreaseAmount: increase,
      reservoirIncreaseInterval: increase * this.#placeMs,
      heartbeatInterval: LOOK_MS,
      timeout: KEPT_MS,
    })
    this.#onTrouble = onTrouble
    this.#limiter.on('error', onTrouble)
    this.#connection.on('error', onTrouble)
    this.#limiter.ready().catch(() => undefined)
  }

  /** @throws Error if Redis cannot be used */
  async ready(): Promise<void> {
    await this.#limiter.ready()
    // Bottleneck hears on a connection of its own that places have come back; if that ends, nothing says so.
    const { subscriber } = this.#limiter.clients() as { readonly subscriber: Redis }
    subscriber.once('end', () => this.#onTrouble(new Error('the connection was closed')))
    letExit(subscriber)
  }

  /** Places that are free now. @throws Error if Redis cannot be used */
  async free(): Promise<number> {
    return (await withinTime(this.#limiter.currentReservoir(), ANSWER_MS)) ?? 0
  }

  /** Puts places in, or takes some out. @throws Error if Redis cannot be used */
  async add(places: number): Promise<void> {
    await withinTime(this.#limiter.incrementReservoir(places), ANSWER_MS)
  }

  /**
   * Takes one place, waiting for it in the order of asking; false if the connection was lost before.
   *
   * @param onWait told about when (Unix ms) it will be had, if that is not now
   */
  take(signal: AbortSignal, onWait: (until: number) => void): Promise<boolean> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort)
        const at = this.#waiting.indexOf(waiter)
        if (at >= 0) this.#waiting.splice(at, 1)
      }
      const end = (isTaken: boolean) => (): void => {
        leave()
        resolve(isTaken)
      }
      const waiter: Waiter = { serve: end(true), lose: end(false) }
      if (this.#isLost) {
        resolve(false)
        return
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiter)
      this.#limiter
        .schedule(() => {
          this.#give()
          return Promise.resolve()
        })
        .catch(() => undefined)
      void this.#tellWait(waiter, onWait)
    })
  }

  /** Lets go of the connection; whoever waits has lost. */
  close(): void {
    this.#isLost = true
    for (const { lose } of [...this.#waiting]) lose()
    // In this order: the limiter would say goodbye on a connection that may be broken.
    this.#connection.disconnect(false).catch(() => undefined)
    void this.#limiter.disconnect(false)
  }

  /** Hands a place to whoever has waited longest. */
  #give(): void {
    const first = this.#waiting[0]
    if (first !== undefined) first.serve()
    else void this.add(1).catch(() => undefined)
  }

  async #tellWait(waiter: Waiter, onWait: (until: number) => void): Promise<void> {
    const free = await this.free().catch(() => 0)
    const ahead = this.#waiting.indexOf(waiter)
    const missing = ahead + 1 - Math.max(0, free)
    if (ahead >= 0 && missing > 0) onWait(Date.now() + missing * this.#placeMs)
  }
}

/**
 * Bottleneck's scripts with the time of the server: a machine whose clock is ahead would else stop the bucket for all others.
 * And with errors as Bottleneck knows them: Redis 7 puts a word in front of them.
 */
function suited(client: Redis): Redis {
  const define = client.defineCommand.bind(client)
  const commands = client as unknown as Record<string, (...words: unknown[]) => unknown>
  client.defineCommand = (name, definition) => {
    const { lua } = definition
    if (!lua.includes(OWN_TIME)) throw new Error(`Bottleneck's script ${name} is not as we know it`)
    define(name, { ...definition, lua: lua.replace(OWN_TIME, SERVERS_TIME) })
    const run = commands[name]?.bind(client)
    commands[name] = (...words) => {
      const told = words.pop() as Callback<unknown>
      return run?.(...words, (error: Error | null | undefined, reply: unknown) => {
        if (error != null) error.message = error.message.replace(/^ERR (?=[A-Z_]+$)/, '')
        told(error, reply)
      })
    }
  }
  return client
}
