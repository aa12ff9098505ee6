import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../../lib/make-folder.ts'
import { monotonicMs } from '../../lib/monotonic.ts'
import { sleep } from '../../lib/sleep.ts'
import { emptyDocument, type LedgerDocument, tidy } from './document.ts'
import { ledgerText, readLedger } from './ledger-text.ts'
import type { Ledger } from './ledger.ts'

/** The lock is held for less than a millisecond; one that stays the same for so long was left by a killed program. */
const ABANDONED_MS = 1_000
/** If a lock cannot be had in this time, something else is wrong. */
const MOST_LOCKED_MS = 5_000
/** Between two looks at a lock, at random, so that nobody comes too late every time. */
const LOOK_MS = { least: 1, most: 3 }
/** After trouble the file is left alone for so long: a full disk may have room again. */
const REST_MS = 60_000
/** No ledger of ours is nearly as large. */
const MOST_BYTES = 1_000_000

export interface LedgerFileOptions {
  /** Made if it is not there, for this user alone. */
  readonly folder: string
  /** Of the portal, with its port if it has one. */
  readonly host: string
  /** What a person calls this program. */
  readonly who: string
  /** Told once if the ledger cannot be used; the program then counts for itself, beginning with what it knows. */
  readonly onTrouble: (message: string) => void
}

/** The folder of the ledgers within the folder for the state of programs. */
export function ledgerFolder(stateFolder: string): string {
  return join(stateFolder, 'limits')
}

/** The name of a portal's ledger; hosts with a port have a colon, which is no letter for names everywhere. */
export function ledgerName(host: string): string {
  return `${encodeURIComponent(host.toLowerCase())}.json`
}

/** What a ledger's file says; `undefined` if there is none. @throws whatever the system says */
export function readLedgerFile(path: string): ReturnType<typeof readLedger> | undefined {
  const { O_RDONLY, O_NONBLOCK } = constants
  let file: number
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK)
  } catch (error: unknown) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const facts = fstatSync(file)
    if (!facts.isFile() || facts.size > MOST_BYTES) return 'unreadable'
    return readLedger(readFileSync(file, 'utf8'))
  } finally {
    closeSync(file)
  }
}

/**
 * A ledger in a small file, written anew with every change as git does with its index: whoever makes `FILE.lock` may
 * change it, writes the new text into that, and gives it the name of the file, which ends the lock in the same step.
 * Whoever only reads needs no lock. It is done in one go, since a program that reads a large answer in between would keep
 * all others waiting; nothing waits for the disk itself, since after a power cut all limits are forgotten by the portal
 * before the machine is back.
 */
export class LedgerFile implements Ledger {
  readonly holder = Math.random().toString(36).slice(2, 10)
  readonly isShared = true
  readonly who: string
  readonly #path: string
  readonly #lock: string
  readonly #options: LedgerFileOptions
  #document = emptyDocument()
  #isTroubleTold = false
  /** 0 as long as the file can be used. */
  #restUntil = 0

  constructor(options: LedgerFileOptions) {
    this.#options = options
    this.who = options.who
    this.#path = join(options.folder, ledgerName(options.host))
    this.#lock = `${this.#path}.lock`
  }

  tryChange<T>(act: (document: LedgerDocument) => T): { readonly value: T } | undefined {
    if (this.#isResting()) return { value: act(this.#document) }
    const lock = this.#guarded(() => this.#open())
    if (lock === 'busy') return undefined
    if (lock === 'trouble') return { value: act(this.#document) }
    const lockedAt = monotonicMs()
    let text: string | undefined
    try {
      const isUsable = this.#guarded(() => this.#read()) === true
      const value = act(this.#document)
      tidy(this.#document, Date.now())
      if (isUsable) text = ledgerText(this.#options.host, this.#document)
      return { value }
    } finally {
      this.#guarded(() => this.#unlock(lock, lockedAt, text))
    }
  }

  /** Ends the lock; with a new text, that takes the place of the old one. */
  #unlock(lock: number, lockedAt: number, text: string | undefined): void {
    let isWritten = false
    try {
      if (text !== undefined && writeSync(lock, text) < Buffer.byteLength(text)) {
        throw Object.assign(new Error(`${this.#path} could not be written whole`), { code: 'ENOSPC' })
      }
      isWritten = text !== undefined
    } finally {
      closeSync(lock)
      // Who was stopped in between may have been taken for dead, and the lock may be that of another.
      if (monotonicMs() - lockedAt < ABANDONED_MS / 2) {
        if (isWritten) renameSync(this.#lock, this.#path)
        else unlinkSync(this.#lock)
      }
    }
  }

  async change<T>(act: (document: LedgerDocument) => T): Promise<T> {
    let seen: string | undefined
    let sameMs = 0
    let waitedMs = 0
    for (;;) {
      const done = this.tryChange(act)
      if (done !== undefined) return done.value
      const lock = identityOf(this.#lock)
      if (lock !== seen || lock === undefined) sameMs = 0
      else if (sameMs > ABANDONED_MS) this.#guarded(() => unlinkSync(this.#lock))
      if (waitedMs > MOST_LOCKED_MS) this.#trouble(`${this.#lock} is always there`)
      seen = lock
      const ms = LOOK_MS.least + Math.floor(Math.random() * (LOOK_MS.most - LOOK_MS.least + 1))
      await sleep(ms)
      sameMs += ms
      waitedMs += ms
    }
  }

  look(): LedgerDocument {
    if (!this.#isResting()) this.#guarded(() => this.#read())
    return this.#document
  }

  seen(): LedgerDocument {
    return this.#document
  }

  /** Makes the lock, or says that another has it. */
  #open(): number | 'busy' {
    const { O_WRONLY, O_CREAT, O_EXCL } = constants
    for (let isFirst = true; ; isFirst = false) {
      try {
        return openSync(this.#lock, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      } catch (error: unknown) {
        const code = codeOf(error)
        if (code === 'EEXIST') return 'busy'
        if (code !== 'ENOENT' || !isFirst) throw error
        makeFolder(this.#options.folder)
      }
    }
  }

  /** Takes over what the file says; false if it is not for us to change. */
  #read(): boolean {
    const found = readLedgerFile(this.#path)
    if (found === 'newer') {
      this.#trouble(`${this.#path} is of another version of bx24`)
      return false
    }
    if (found === 'unreadable') this.#tell(`${this.#path} could not be read and is begun anew`)
    const { bucket, waiting, methods, machines } = typeof found === 'object' ? found : emptyDocument()
    this.#document = { bucket, waiting, methods, machines }
    return true
  }

  #isResting(): boolean {
    if (this.#restUntil === 0) return false
    const now = Date.now()
    if (now < this.#restUntil && now > this.#restUntil - 2 * REST_MS) return true
    this.#restUntil = 0
    return false
  }

  /** What cannot be done is told, and the file is left alone for a while. */
  #guarded<T>(act: () => T): T | 'trouble' {
    try {
      return act()
    } catch (error: unknown) {
      if (codeOf(error) === undefined) throw error
      this.#trouble((error as Error).message)
      return 'trouble'
    }
  }

  #trouble(why: string): void {
    this.#restUntil = Date.now() + REST_MS
    this.#tell(`${why}; until it can be used, this program counts for itself alone`)
  }

  #tell(message: string): void {
    if (this.#isTroubleTold) return
    this.#isTroubleTold = true
    this.#options.onTrouble(`shared limits: ${message}.`)
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { ino, ctimeMs } = statSync(path)
    return `${ino} ${ctimeMs}`
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}
