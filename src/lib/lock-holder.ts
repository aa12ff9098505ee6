import { constants } from 'node:fs'
import { open, readFile, readlink } from 'node:fs/promises'
import { getPriority, hostname } from 'node:os'
import { systemCode } from './system-code.ts'

/** Who holds a lock, as the lock file says. */
export interface Holder {
  /** Tells this lock from every other; never used twice. */
  readonly id: string
  readonly pid: number
  readonly host: string
  /** Within which processes `pid` counts: containers on one host may each have a process 1. */
  readonly pids?: string | undefined
  /** When the process started, in ticks since the host did: a pid is used again, both together are not. */
  readonly startedAt?: string | undefined
}

/** A holder of a new lock: process `pid`, which is the one that asks. */
export async function thisProcess(pid: number): Promise<Holder> {
  return {
    id: newId(),
    pid,
    host: hostname(),
    pids: await readlink('/proc/self/ns/pid').catch(() => undefined),
    startedAt: (await processFacts(pid))?.startedAt,
  }
}

/** 48 random bits. No secret: cryptography would take 4 ms to load, which every run with a file would pay. */
function newId(): string {
  return Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0')
}

/** Whether the process surely has ended; if that cannot be seen from here, it counts as running. */
export async function isGone(holder: Holder, us: Holder): Promise<boolean> {
  if (isElsewhere(holder, us)) return false
  if (!exists(holder.pid)) return true
  const facts = await processFacts(holder.pid)
  if (facts === undefined) return false
  return facts.isDead || (holder.startedAt !== undefined && facts.startedAt !== holder.startedAt)
}

/** Whether nothing can be learned about the process from here. */
export function isElsewhere(holder: Holder, us: Holder): boolean {
  return holder.host !== us.host || holder.pids !== us.pids
}

/** What a lock file says; `undefined` if there is none. */
export async function readHolder(path: string): Promise<Holder | 'unreadable' | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
      return parseHolder(buffer.toString('utf8', 0, bytesRead)) ?? 'unreadable'
    } finally {
      await handle.close()
    }
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return code === 'ENOENT' ? undefined : 'unreadable'
  }
}

function parseHolder(text: string): Holder | undefined {
  let holder: Partial<Record<keyof Holder, unknown>> | null
  try {
    holder = JSON.parse(text) as typeof holder
  } catch {
    return undefined
  }
  const { id, pid, host, pids, startedAt } = holder ?? {}
  // The id becomes a part of a file name, so it must not lead anywhere else.
  if (typeof id !== 'string' || !/^[0-9a-f]{12}$/.test(id)) return undefined
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || pid > 0x7fff_ffff) return undefined
  if (typeof host !== 'string' || !isTextOrNothing(pids) || !isTextOrNothing(startedAt)) return undefined
  return { id, pid, host, pids, startedAt }
}

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

/** The system knows the priority of every process there is, of whomever. */
function exists(pid: number): boolean {
  try {
    getPriority(pid)
    return true
  } catch (error: unknown) {
    return (error as { info?: { code?: string } }).info?.code !== 'ESRCH'
  }
}

/** What Linux tells of a process; elsewhere nothing. */
async function processFacts(pid: number): Promise<{ isDead: boolean; startedAt: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name of the program, in parentheses, may hold blanks and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state = '', startedAt] = [fields[0], fields[19]]
  return startedAt === undefined ? undefined : { isDead: /[ZXx]/.test(state), startedAt }
}
