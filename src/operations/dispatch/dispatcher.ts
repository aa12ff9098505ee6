import { setMaxListeners } from 'node:events'
import type { Caller } from '../../engine/caller.ts'
import { sleep } from '../../lib/sleep.ts'
import { isRepeatable } from '../../protocol/idempotency.ts'
import { isRead } from '../../protocol/methods/reads.ts'
import { askPortal } from './ask.ts'
import type { DispatchOptions, Stop } from './options.ts'
import { OUR_CODES } from './fate.ts'
import { breakOff, lostUnit, refusalOfAll, settleUnsent, stoppedBy } from './ends.ts'
import { InOrder } from './in-order.ts'
import { chooseUnits, insertInOrder, LINGER_MS } from './choose-units.ts'
import { OutOfTime } from './out-of-time.ts'
import { type Answer, Throttle } from './throttle.ts'
import { isCertainlyUnsent, type Item, noteDoubt, type Unit } from './unit.ts'

/** How long writes in flight may go on once the run is to end: their fates are worth it. */
const GRACE_MS = 4_000

/** The loops behind `dispatch`: one reads, several send, and whoever iterates takes what is settled. */
export class Dispatcher {
  readonly #caller: Caller
  readonly #options: DispatchOptions
  readonly #throttle: Throttle
  /** Read and not yet handed on. */
  readonly #order = new InOrder()
  /** To be sent, by their first item. */
  #ready: Unit[] = []
  #readyAt = 0
  #inFlight = 0
  /** Requests in flight that may change something. */
  #writesInFlight = 0
  /** `undefined` where all wait for the same. */
  readonly #outOfTime: OutOfTime | undefined
  readonly #heldLocks = new Set<string>()
  #heldUntil = 0
  #isAlarmSet = false
  #isInputEnded = false
  #stop: Stop | undefined
  /** The run ends at once: inputs that were not sent get no fate any more. */
  #isAbrupt = false
  /** Keeps from leaving what has not left. */
  readonly #stopAsking = new AbortController()
  /** Breaks off what is in flight. */
  readonly #breakOff = new AbortController()
  #wake: () => void = () => undefined
  #roomMade: () => void = () => undefined

  constructor(caller: Caller, options: DispatchOptions) {
    this.#caller = caller
    this.#options = options
    this.#throttle = new Throttle(options)
    if (!options.isOneMethod && !options.isSerial) this.#outOfTime = new OutOfTime(caller)
    // One listener for each request in flight, however many those may be.
    setMaxListeners(0, this.#stopAsking.signal, this.#breakOff.signal)
  }

  async *run(units: AsyncIterable<Unit>): AsyncGenerator<readonly Item[], void, undefined> {
    const { signal } = this.#options
    const onAbort = (): void => {
      this.#end(signal.reason)
    }
    signal.throwIfAborted()
    signal.addEventListener('abort', onAbort, { once: true })
    const input = units[Symbol.asyncIterator]()
    const reading = this.#read(input)
    try {
      for (;;) {
        this.#send()
        const settled = this.#order.take()
        if (settled.length > 0) {
          this.#roomMade()
          yield settled
          continue
        }
        if (this.#stop !== undefined && this.#inFlight === 0) this.#settleUnsent(this.#stop)
        if (this.#order.hasSettled) continue
        if (this.#isOver()) break
        await this.#somethingHappens()
      }
      // What was sent has its fate, though something in front of it was not sent any more.
      const rest = this.#order.takeAll()
      if (rest.length > 0) yield rest
      if (this.#stop?.error !== undefined) throw this.#stop.error as Error
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#end(new Error('nobody wants any more'))
      this.#roomMade()
      while (this.#inFlight > 0) await this.#somethingHappens()
      this.#breakOff.abort()
      // A pipe that nobody writes to would keep us waiting for its next line.
      void reading
      void input.return?.().catch(() => undefined)
    }
  }

  #isOver(): boolean {
    if (this.#inFlight > 0) return false
    if (this.#stop !== undefined && this.#isAbrupt) return true
    return this.#isInputEnded && this.#ready.length === 0 && this.#order.isEmpty
  }

  /** No more is sent, nor leaves what has not left. The first reason counts. */
  #stopFor(stop: Stop | undefined): void {
    if (stop === undefined) return
    this.#stop ??= stop
    this.#stopAsking.abort(stop.error)
  }

  /** Ends the run at once: no more is read or sent, and what is in flight gets its time. */
  #end(reason: unknown): void {
    if (this.#isAbrupt) return
    this.#isAbrupt = true
    this.#stopFor({ error: reason, code: OUR_CODES.interrupted, description: '' })
    if (this.#writesInFlight === 0) this.#breakOff.abort(reason)
    else {
      void sleep(GRACE_MS, this.#breakOff.signal).then(
        () => this.#breakOff.abort(reason),
        () => undefined,
      )
    }
    this.#wake()
    this.#roomMade()
  }

  async #read(input: AsyncIterator<Unit>): Promise<void> {
    // Looked up anew behind every wait.
    const isAbrupt = (): boolean => this.#isAbrupt
    try {
      for (;;) {
        const next = await input.next()
        if (next.done === true || isAbrupt()) break
        const unit = next.value
        this.#order.add(unit.items)
        if (unit.commands.length > 0) this.#enqueue(unit)
        this.#wake()
        while (this.#order.isFull(this.#options.window) && !isAbrupt()) {
          await new Promise<void>((resolve) => {
            this.#roomMade = resolve
          })
        }
      }
    } catch (error) {
      const description = 'Not sent: the input could not be read on.'
      this.#stopFor({ error, code: OUR_CODES.notSent, description })
    }
    this.#isInputEnded = true
    this.#wake()
  }

  #enqueue(unit: Unit): void {
    if (this.#ready.length === 0) this.#readyAt = Date.now()
    insertInOrder(this.#ready, unit)
  }

  /** Starts requests as long as there is something to send and a lane free for it. */
  #send(): void {
    const { isSerial, window } = this.#options
    while (this.#stop === undefined && this.#inFlight < this.#throttle.lanes) {
      const heldMs = this.#heldUntil - Date.now()
      if (heldMs > 0) {
        this.#wakeIn(heldMs)
        return
      }
      const size = this.#throttle.size
      const held = this.#outOfTime?.find(this.#ready, size * this.#throttle.commandSeconds)
      const limits = { size, heldLocks: this.#heldLocks, isSerial, heldMethods: held?.methods }
      const { units: chosen, isFull } = chooseUnits(this.#ready, limits)
      if (chosen.length === 0) {
        if (held !== undefined && held.methods.size > 0) this.#wakeIn(held.until - Date.now())
        return
      }
      const mayGrow = !this.#isInputEnded && this.#order.size < window
      const lingerMs = this.#readyAt + LINGER_MS - Date.now()
      if (!isFull && mayGrow && lingerMs > 0) {
        this.#wakeIn(lingerMs)
        return
      }
      const taken = new Set(chosen)
      this.#ready = this.#ready.filter((unit) => !taken.has(unit))
      this.#readyAt = Date.now()
      for (const { lock } of chosen) if (lock !== undefined) this.#heldLocks.add(lock)
      this.#inFlight++
      this.#outOfTime?.begin(chosen)
      void this.#request(chosen)
        .catch((error: unknown) => this.#giveUp(chosen, error))
        .finally(() => {
          this.#inFlight--
          this.#outOfTime?.end(chosen)
          for (const { lock } of chosen) if (lock !== undefined) this.#heldLocks.delete(lock)
          this.#send()
          this.#wake()
        })
    }
  }

  /** Sends these in one request and takes in what became of them. */
  async #request(units: readonly Unit[]): Promise<void> {
    const { recorder, isIdempotent, isSerial } = this.#options
    const items = units.flatMap((unit) => unit.items).filter(({ fate }) => fate === undefined)
    try {
      await recorder?.sent(items)
    } catch (error) {
      this.#giveBack(units, error)
      return
    }
    const commands = units.flatMap((unit) => unit.commands)
    const sentAt = Date.now()
    const isReading = commands.every(({ method }) => isRead(method))
    if (!isReading) this.#writesInFlight++
    const asked = await askPortal(this.#caller, units, {
      stopSignal: this.#stopAsking.signal,
      signal: this.#breakOff.signal,
      expectedSeconds: commands.length * this.#throttle.commandSeconds,
      isRepeatable: isIdempotent,
      halts: isSerial,
    })
    if (!isReading) this.#writesInFlight--
    if (asked.kind === 'not-sent') {
      await recorder?.unsent(items.filter(isCertainlyUnsent))
      this.#giveBack(units, asked.error)
      return
    }
    if (asked.mayHaveRunBefore) noteDoubt(units)
    const mayRepeat = isIdempotent || commands.every(isRepeatable)
    const isGivenUp = this.#learn({ ...asked, count: commands.length, sentAt, isRepeatable: mayRepeat })
    let at = 0
    for (const unit of units) {
      const results = asked.results.slice(at, (at += unit.commands.length))
      const lost = results.find((result) => result.kind === 'lost')
      const rest = isGivenUp && lost !== undefined ? lostUnit(unit, lost.error) : unit.take(results)
      const settled = unit.items.filter((item) => item.fate !== undefined && items.includes(item))
      await recorder?.settled(settled)
      for (const item of settled) this.#stopFor(this.#stop ?? this.#options.stopAfter?.(item))
      if (rest !== undefined) {
        await recorder?.unsent(rest.items.filter(isCertainlyUnsent))
        this.#enqueue(rest)
      }
      if (this.#options.isOneMethod) this.#stopFor(refusalOfAll(unit, results))
    }
  }

  /** Draws from an answer how fast to go on. Says whether the run is given up. */
  #learn(answer: Answer): boolean {
    const advice = this.#throttle.learn(answer, Date.now())
    if (advice.kind === 'give-up') this.#stopFor(stoppedBy(advice.error))
    if (advice.kind === 'hold-back') this.#holdBack(advice.ms)
    return advice.kind === 'give-up'
  }

  #holdBack(ms: number): void {
    const until = Date.now() + ms
    this.#heldUntil = Math.max(this.#heldUntil, until)
    const method = this.#ready[0]?.commands[0]?.method ?? ''
    const { onEvent } = this.#options
    onEvent({ type: 'waiting', method, reason: 'backoff', until })
    this.#wakeIn(ms)
    const over = (): void => onEvent({ type: 'waited', method, reason: 'backoff' })
    void sleep(ms, AbortSignal.any([this.#breakOff.signal, this.#options.signal])).then(over, over)
  }

  /** Looks again after a while. A timer may fire a little early, so whoever is woken looks whether it is time. */
  #wakeIn(ms: number): void {
    if (this.#isAlarmSet) return
    this.#isAlarmSet = true
    void sleep(Math.ceil(ms), AbortSignal.any([this.#breakOff.signal, this.#options.signal])).then(
      () => {
        this.#isAlarmSet = false
        this.#send()
        this.#wake()
      },
      () => undefined,
    )
  }

  /** These did not reach the portal, and what kept them will keep the others. */
  #giveBack(units: readonly Unit[], error: unknown): void {
    for (const unit of units) this.#enqueue(unit)
    this.#stopFor(stoppedBy(error))
  }

  /** Something of ours has failed while these were in flight: nobody knows what became of them. */
  #giveUp(units: readonly Unit[], error: unknown): void {
    breakOff(units)
    this.#stopFor(stoppedBy(error))
  }

  /** After a stop every input still gets its line, as long as the input can be read. */
  #settleUnsent(stop: Stop): void {
    if (this.#isAbrupt) return
    this.#ready = []
    settleUnsent(this.#order.open(), stop)
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
