import type { Redis } from 'ioredis'
import { emptyDocument, type LedgerDocument, tidy } from '../ledger/document.ts'
import { ledgerText, readLedger } from '../ledger/ledger-text.ts'
import { KEPT_MS, redisNames } from './names.ts'

/**
 * Puts a new text in place of the one that it was made of, and says how many machines there are; if that text is not there
 * any more, says what is.
 */
const REPLACE = `
local found = redis.call('hmget', KEYS[1], 'mark', 'text')
if (found[1] or '') ~= ARGV[1] then return {found[1] or '', found[2] or ''} end
redis.call('hset', KEYS[1], 'mark', ARGV[2], 'text', ARGV[3])
redis.call('pexpire', KEYS[1], ARGV[4])
return redis.call('zcard', KEYS[2])`

/** So often others may come first before something must be wrong. */
const MOST_TRIES = 100

interface Change {
  readonly act: (document: LedgerDocument) => void
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/**
 * A ledger in Redis. Whoever changes it sends the whole text, which is taken only if nobody else was faster; then it is
 * changed as the other left it. Changes that come while one is on its way go together with the next.
 */
export class RedisDocument {
  readonly #client: Redis
  readonly #host: string
  readonly #key: string
  readonly #machinesKey: string
  readonly #onMachines: (count: number) => void
  #mark = ''
  #text = ''
  #document = emptyDocument()
  #waiting: Change[] = []
  #isBusy = false
  #marks = 0
  readonly #own = Math.random().toString(36).slice(2)

  /** @param onMachines told with each change how many machines there are */
  constructor(client: Redis, host: string, onMachines: (count: number) => void = () => undefined) {
    const { ledger, machines } = redisNames(host)
    this.#client = client
    this.#host = host
    this.#key = ledger
    this.#machinesKey = machines
    this.#onMachines = onMachines
  }

  /** As it was seen last. */
  get seen(): LedgerDocument {
    return this.#document
  }

  /** @throws Error if it is of another version of bx24, or Redis cannot be used */
  async read(): Promise<void> {
    const [mark, text] = await this.#client.hmget(this.#key, 'mark', 'text')
    this.#found(mark ?? '', text ?? '')
    this.#document = this.#read()
  }

  /**
   * @param act done again if others were faster, on what they left; only what it does the last time counts
   * @throws Error if Redis cannot be used
   */
  change<T>(act: (document: LedgerDocument) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let value: T
      this.#waiting.push({
        act: (document) => (value = act(document)),
        done: () => resolve(value),
        fail: reject,
      })
      if (!this.#isBusy) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    while (this.#waiting.length > 0) {
      const changes = this.#waiting.splice(0)
      try {
        await this.#replace(changes)
        for (const { done } of changes) done()
      } catch (error: unknown) {
        for (const { fail } of changes) fail(error)
      }
    }
    this.#isBusy = false
  }

  async #replace(changes: readonly Change[]): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const document = this.#read()
      for (const { act } of changes) act(document)
      tidy(document, Date.now())
      const text = ledgerText(this.#host, document)
      const mark = `${this.#own} ${++this.#marks}`
      const words = [this.#mark, mark, text, KEPT_MS]
      const found = await this.#client.eval(REPLACE, 2, this.#key, this.#machinesKey, ...words)
      if (typeof found === 'number') {
        this.#found(mark, text)
        this.#document = document
        this.#onMachines(found)
        return
      }
      const [newMark = '', newText = ''] = found as string[]
      this.#found(newMark, newText)
    }
    throw new Error('others change the ledger all the time')
  }

  #found(mark: string, text: string): void {
    this.#mark = mark
    this.#text = text
  }

  /** What the text says; one that cannot be read is begun anew. */
  #read(): LedgerDocument {
    const read = this.#text === '' ? 'unreadable' : readLedger(this.#text)
    if (read === 'newer') throw new Error('its ledger is of another version of bx24')
    if (read === 'unreadable') return emptyDocument()
    return read
  }
}
