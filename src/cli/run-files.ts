import { fstatSync, lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { checkpointName, partialName } from '../output/partial-file.ts'

/** A file that a run reads or writes. */
export interface RunFile {
  /** The option or variable that names it, for messages. */
  readonly role: string
  /** As it is named; relative to the working folder. */
  readonly name: string
  readonly isWritten: boolean
}

/** What a run reads and writes, as its flags and surroundings name it. */
export interface NamedFiles {
  readonly output: string | undefined
  readonly written: Readonly<Record<string, string | undefined>>
  readonly read: Readonly<Record<string, string | undefined>>
}

/**
 * Refuses two roles for one file where at least one of them writes: a report would replace the rows that it speaks of,
 * a log the webhook. Nothing may have been opened before this.
 *
 * @throws UsageError naming both
 */
export function refuseSharedFiles(files: NamedFiles, cwd: string): void {
  const taken = new Map<string, RunFile>()
  for (const file of runFiles(files, cwd)) {
    for (const identity of identitiesOf(resolve(cwd, file.name))) {
      const other = taken.get(identity)
      if (other !== undefined && other.role !== file.role && (other.isWritten || file.isWritten)) {
        throw new UsageError(
          'file-shared',
          `${other.role} and ${file.role} name the same file, ${file.name}.`,
          'Give each a file of its own.',
        )
      }
      taken.set(identity, other ?? file)
    }
  }
  for (const [descriptor, role] of STANDARD_STREAMS) {
    const other = taken.get(identityOf(statsOf(() => fstatSync(descriptor))) ?? '')
    if (other?.isWritten === true) {
      throw new UsageError(
        'file-shared',
        `${other.role} names the file that is ${role}.`,
        'Name another one.',
      )
    }
  }
}

/** A system gives up on longer chains of links. */
const MOST_LINKS = 40

/** They may be files as well, of whose names we know nothing. */
const STANDARD_STREAMS = [
  [0, 'standard input'],
  [1, 'standard output'],
  [2, 'standard error'],
] as const

/** What is read comes first, so that it is what a writer is found to share. */
function runFiles({ output, written, read }: NamedFiles, cwd: string): RunFile[] {
  const named = (files: NamedFiles['read'], isWritten: boolean): RunFile[] =>
    Object.entries(files).flatMap(([role, name]) => (isFile(name) ? [{ role, name, isWritten }] : []))
  // The files beside it are beside what a link leads to.
  const real = isFile(output) ? nameBehindLinks(resolve(cwd, output)) : ''
  const outputs = isFile(output)
    ? [output, partialName(real), checkpointName(real), `${real}.lock`].map((name) => ({
        role: '--output',
        name,
        isWritten: true,
      }))
    : []
  return [...named(read, false), ...named(written, true), ...outputs]
}

function isFile(name: string | undefined): name is string {
  return name !== undefined && name !== '' && name !== '-'
}

/** A file has the identity of what is there, and that of its name, since it may come into being in between. */
function identitiesOf(path: string): string[] {
  const there = identityOf(statsOf(() => statSync(path)))
  return [...(there === undefined ? [] : [there]), nameBehindLinks(path)]
}

/** Devices may be named twice without harm. */
function identityOf(stats: Stats | undefined): string | undefined {
  return stats?.isFile() === true ? `${stats.dev}:${stats.ino}` : undefined
}

function statsOf(look: () => Stats): Stats | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

/** Whatever a link leads to need not be there yet. */
function nameBehindLinks(path: string, depth = 0): string {
  try {
    const real = join(realpathSync(dirname(path)), basename(path))
    if (depth === MOST_LINKS || lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink() !== true)
      return real
    return nameBehindLinks(resolve(dirname(real), readlinkSync(real)), depth + 1)
  } catch {
    return path
  }
}
