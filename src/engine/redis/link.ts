import type { Redis } from 'ioredis'
import { levelAt, type SharedBucket } from '../ledger/level.ts'
import type { LedgerDocument } from '../ledger/document.ts'
import { RedisBucket } from './bucket.ts'
import { CONNECT_MS, connectRedis, letExit, letGo, type RedisServer, withinTime } from './client.ts'
import { RedisDocument } from './document.ts'
import { KEPT_MS, redisNames } from './names.ts'

/** How often a program says that its machine is there, and how long it is believed. */
const BEAT_MS = 2_000
export const MEMBER_MS = 10_000

/** A run that has ended waits no longer than this for Redis. */
const CLOSE_MS = 500

/** In this time only one program fills a bucket that is begun anew. */
const BEGUN_MS = 10_000

/** Says that a machine is there; answers how many are, and whether the bucket is to be begun anew by whoever asks that. */
const BEAT = `
local clock = redis.call('time')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
redis.call('zremrangebyscore', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[3])
local isNew = 0
if ARGV[4] ~= '' and redis.call('exists', KEYS[3]) == 0 then
  if redis.call('set', KEYS[2], '1', 'PX', ARGV[4], 'NX') then isNew = 1 end
end
return {redis.call('zcard', KEYS[1]), isNew}`

export interface LinkOptions {
  readonly server: RedisServer
  /** Of the portal, with its port if it has one. */
  readonly host: string
  readonly shared: SharedBucket
  /** What tells this machine from others, and what a person calls it. */
  readonly machine: string
  /** Places of the bucket that this machine knows to be taken; what happened since the last connection is not known. */
  readonly takenPlaces: number | undefined
  /** Ends attempts to connect. */
  readonly signal: AbortSignal
}

/** One connection to Redis, from when it is ready until it is lost. */
export class Link {
  readonly document: RedisDocument
  readonly bucket: RedisBucket
  readonly #client: Redis
  readonly #options: LinkOptions
  readonly #beat: NodeJS.Timeout
  /** Told once. */
  #onLost: ((error: Error) => void) | undefined
  #error: Error | undefined
  #machines = 1
  #free = { places: 0, at: 0 }

  private constructor(client: Redis, options: LinkOptions) {
    const { host, shared } = options
    this.#client = client
    this.#options = options
    const lost = (error: Error): void => this.#lost(error)
    this.document = new RedisDocument(client, host, (machines) => (this.#machines = Math.max(1, machines)))
    this.bucket = new RedisBucket(client, host, shared, lost)
    client.once('end', () => lost(new Error('the connection was closed')))
    this.#beat = setInterval(() => void this.#look().catch(lost), BEAT_MS).unref()
  }

  /** @throws whatever the package or the system says */
  static async open(options: LinkOptions): Promise<Link> {
    const client = await connectRedis(options.server, options.signal)
    const link = new Link(client, options)
    try {
      await withinTime(link.#begin(), CONNECT_MS)
      letExit(client)
      return link
    } catch (error: unknown) {
      link.close()
      throw error
    }
  }

  /** Machines that were there last, this one included. */
  get machines(): number {
    return this.#machines
  }

  /** What was seen last, with the level of the bucket. */
  get seen(): LedgerDocument {
    const { places, perSecond } = this.#options.shared
    const { document } = this
    const bucket = { ...document.seen.bucket, places, perSecond }
    return { ...document.seen, bucket: { ...bucket, level: places - this.#free.places, at: this.#free.at } }
  }

  /** @param listener told once when the connection is lost, also if it is already */
  onLost(listener: (error: Error) => void): void {
    if (this.#error === undefined) this.#onLost = listener
    else listener(this.#error)
  }

  /** Waits for what is on its way, but not for long. */
  async settled(): Promise<void> {
    await withinTime(
      this.document.change(() => undefined),
      CLOSE_MS,
    ).catch(() => undefined)
  }

  close(): void {
    clearInterval(this.#beat)
    this.#onLost = undefined
    this.bucket.close()
    letGo(this.#client)
  }

  async #begin(): Promise<void> {
    const { takenPlaces, shared } = this.#options
    const isNew = await this.#sayHere(BEGUN_MS)
    await this.bucket.ready()
    await this.document.read()
    const free = await this.bucket.free()
    if (takenPlaces === undefined) {
      // What was sent meanwhile, here and elsewhere, is not in it.
      if (free > 0) await this.bucket.add(-free)
    } else if (isNew) await this.bucket.add(Math.max(0, Math.floor(shared.places - takenPlaces)))
    await this.#look()
  }

  async #look(): Promise<void> {
    await this.#sayHere(undefined)
    this.#free = { places: await this.bucket.free(), at: Date.now() }
  }

  async #sayHere(begunMs: number | undefined): Promise<boolean> {
    const { machines, begun, bucketSettings } = redisNames(this.#options.host)
    const words = [this.#options.machine, MEMBER_MS, KEPT_MS, begunMs ?? '']
    const found = await this.#client.eval(BEAT, 3, machines, begun, bucketSettings, ...words)
    const [count, isNew] = found as [number, number]
    this.#machines = count
    return isNew === 1
  }

  #lost(error: Error): void {
    if (this.#error !== undefined) return
    this.#error = error
    this.#onLost?.(error)
  }
}

/** Places that a machine knows to be taken. */
export function takenIn({ bucket }: LedgerDocument, shared: SharedBucket): number {
  return Math.min(shared.places, levelAt(bucket, shared, Date.now()))
}
