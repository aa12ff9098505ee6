import type { LedgerDocument } from '../ledger/document.ts'
import { changed, type Ledger, type Places } from '../ledger/ledger.ts'
import type { SharedBucket } from '../ledger/level.ts'
import { LedgerPlaces } from '../ledger/places.ts'
import { carryOver, fillAlone, machinesIn, partOf, rememberMachines } from './alone.ts'
import { type RedisServer, withinTime } from './client.ts'
import { Link, takenIn } from './link.ts'
import { RedisPlaces } from './places.ts'

/** For one answer, and for some more if others change the same all the time. */
const MOST_CHANGE_MS = 5_000

/** Between two attempts to reach Redis again. */
const AGAIN_MS = { first: 500, most: 5_000 }

export interface RedisLedgerOptions {
  readonly server: RedisServer
  /** Of the portal, with its port if it has one. */
  readonly host: string
  readonly shared: SharedBucket
  /** What this machine counts by while Redis is away, and by which it is told from others. */
  readonly local: Ledger
  /** What a person calls this program, and the machine. */
  readonly who: string
  readonly machineName: string
  /** Told when Redis is away, and when it is back. */
  readonly onChange: (message: string) => void
}

/**
 * A ledger that machines share over a Redis server. While that is away, the ledger of this machine takes its place, at the
 * part of the rate that comes to it; what was learnt is carried over, both ways. Nothing waits for Redis longer than for one
 * answer of it.
 */
export class RedisLedger implements Ledger {
  readonly holder = newName()
  readonly isShared = true
  readonly who: string
  readonly #options: RedisLedgerOptions
  readonly #local: Ledger
  readonly #machine: string
  #link: Link | undefined
  /** While Redis is away. */
  #alone: Places | undefined
  #machines = 1
  readonly #closed = new AbortController()

  private constructor(options: RedisLedgerOptions, machine: string) {
    this.#options = options
    this.#local = options.local
    this.who = options.who
    this.#machine = machine
  }

  /** Opened whether Redis can be reached or not. @throws `ERR_MODULE_NOT_FOUND` if the package ioredis is not there */
  static async open(options: RedisLedgerOptions): Promise<RedisLedger> {
    const { local, shared, machineName } = options
    const { id, count } = await changed(
      local,
      (document) => (document.machines ??= machinesIn(document, newName())),
    )
    const ledger = new RedisLedger(options, `${id} ${machineName}`)
    try {
      ledger.#use(await ledger.#connect(takenIn(local.look(), shared)))
    } catch (error: unknown) {
      if (isMissing(error)) throw error
      ledger.#machines = count
      await changed(local, (document) => {
        // If programs of this machine have counted alone since, they know better.
        if (document.bucket.at < (document.machines?.seenAt ?? 0)) fillAlone(document, ledger.#part)
      })
      ledger.#goOnAlone(error as Error)
    }
    return ledger
  }

  tryChange<T>(act: (document: LedgerDocument) => T): { readonly value: T } | undefined {
    return this.#link === undefined ? this.#local.tryChange(act) : undefined
  }

  async change<T>(act: (document: LedgerDocument) => T): Promise<T> {
    const link = this.#link
    if (link !== undefined) {
      try {
        // The time limit also keeps the program alive for as long.
        return await withinTime(link.document.change(act), MOST_CHANGE_MS)
      } catch (error: unknown) {
        await this.#lose(link, error as Error)
      }
    }
    return this.#local.change(act)
  }

  look(): LedgerDocument {
    return this.#link?.seen ?? this.#local.look()
  }

  seen(): LedgerDocument {
    return this.#link?.document.seen ?? this.#local.seen()
  }

  openPlaces(shared: SharedBucket): Places {
    const { holder, who } = this
    return new RedisPlaces(
      {
        bucket: () => this.#link?.bucket,
        alone: () => (this.#alone ??= new LedgerPlaces(this.#local, this.#part)),
        note: (act) => void this.change(act),
        holder,
        who,
      },
      shared,
    )
  }

  async close(): Promise<void> {
    this.#closed.abort()
    const link = this.#link
    this.#link = undefined
    if (link === undefined) return
    await link.settled()
    await this.#remember(link.machines)
    link.close()
  }

  get #part(): SharedBucket {
    return partOf(this.#options.shared, this.#machines)
  }

  #connect(takenPlaces: number | undefined): Promise<Link> {
    const { server, host, shared } = this.#options
    const { signal } = this.#closed
    return Link.open({ server, host, shared, machine: this.#machine, takenPlaces, signal })
  }

  #use(link: Link): void {
    this.#link = link
    void this.#remember(link.machines)
    link.onLost((error) => void this.#lose(link, error))
  }

  async #lose(link: Link, error: Error): Promise<void> {
    // Several find out at the same time.
    if (this.#link !== link) return
    this.#link = undefined
    link.close()
    this.#machines = link.machines
    const { seen } = link.document
    const done = changed(this.#local, (document) => {
      carryOver(seen, document)
      fillAlone(document, this.#part)
      rememberMachines(document, this.#machines)
    })
    this.#goOnAlone(error)
    await done
  }

  #goOnAlone(error: Error): void {
    this.#alone = undefined
    const { server, onChange } = this.#options
    const part =
      this.#machines === 1
        ? 'No other machine was seen last, so this one goes on at the whole rate.'
        : `${this.#machines} machines were seen last, so each goes on at 1/${this.#machines} of the rate.`
    onChange(`Redis at ${server.address.shown} cannot be used: ${error.message}. ${part}`)
    void this.#comeBack()
  }

  async #comeBack(): Promise<void> {
    const { signal } = this.#closed
    for (let waitMs = AGAIN_MS.first; !signal.aborted; waitMs = Math.min(2 * waitMs, AGAIN_MS.most)) {
      try {
        await idle(waitMs, signal)
        const link = await this.#connect(undefined)
        const known = structuredClone(this.#local.look())
        await link.document.change((document) => carryOver(known, document))
        if (this.#closed.signal.aborted) link.close()
        else {
          this.#use(link)
          this.#options.onChange(`Redis at ${this.#options.server.address.shown} can be used again.`)
        }
        return
      } catch {
        // It is still away.
      }
    }
  }

  async #remember(machines: number): Promise<void> {
    await changed(this.#local, (document) => rememberMachines(document, machines))
  }
}

/** Waits without keeping the program alive. */
function idle(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms).unref()
  })
}

function newName(): string {
  return Math.random().toString(36).slice(2, 10)
}

/** Whether a package is not installed. */
function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
