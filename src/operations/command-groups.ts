import { UsageError } from '../errors.ts'
import type { BatchCommand } from '../input/batch-file.ts'
import { BATCH_COMMANDS } from '../protocol/limits.ts'
import { findReferences, type Reference } from '../protocol/references.ts'

/** A command can refer to one that stands at most so many commands before it. */
export const LOOK_AHEAD = 1_000

/** At least so far back it is still known that an id was there, for the message alone. */
const REMEMBERED = 25 * LOOK_AHEAD

export interface GroupedCommand extends BatchCommand {
  /** Its place among all commands, from 0. */
  readonly ordinal: number
  /** What it takes from the answers of others in its group. */
  readonly references: readonly Reference[]
}

/** One command that nothing links to others, or all that are linked by references, in the order of the input: 1 to 50. */
export type CommandGroup = readonly GroupedCommand[]

/** A group that may still grow. */
interface OpenGroup {
  members: GroupedCommand[]
  last: number
}

/** A reference that leads to nothing that was read so far; commands behind it tell what is wrong with it. */
interface Dangling {
  readonly reference: Reference
  readonly command: GroupedCommand
  readonly nearId: string | undefined
}

/**
 * Checks commands and groups those that refer to each other, since they have to go in one request. Groups come in the
 * order of their first members, each as soon as no later command can join it: when `LOOK_AHEAD` further ones have been
 * read, or the input has ended. About as many commands are held; more only if a chain stretches over that distance again
 * and again, at most `LOOK_AHEAD` for each member of a group.
 *
 * @throws UsageError for ids that come twice, methods that are none or cannot be in a batch, and references that lead
 * nowhere, forward, too far back, or link more commands than a batch holds
 */
export async function* commandGroups(
  commands: AsyncIterable<BatchCommand> | Iterable<BatchCommand>,
): AsyncGenerator<CommandGroup, void, undefined> {
  const held = new HeldCommands()
  let ordinal = -1
  let dangling: Dangling | undefined
  for await (const command of commands) {
    ordinal++
    if (dangling !== undefined) {
      refuseForward(dangling, command)
      if (ordinal - dangling.command.ordinal >= LOOK_AHEAD) break
      continue
    }
    checkMethod(command)
    const references = findReferences(command.params, `${placeOf(command)}: `)
    dangling = held.add({ ...command, ordinal, references })
    while (dangling === undefined) {
      const group = held.takeFirst(ordinal - LOOK_AHEAD)
      if (group === undefined) break
      yield group
    }
  }
  if (dangling !== undefined) throw unknownReference(dangling)
  for (let group = held.takeFirst(ordinal); group !== undefined; group = held.takeFirst(ordinal)) yield group
}

class HeldCommands {
  /** By their first members: a group that takes in another one is the earlier of the two. */
  readonly #groups = new Set<OpenGroup>()
  readonly #byId = new Map<string, { readonly command: GroupedCommand; group: OpenGroup }>()
  /** Ids of commands that are not held any more, with their lines: the latest ones, and those before. */
  #gone = new Map<string, number>()
  #longGone = new Map<string, number>()

  /** @returns the first reference that leads to no command read so far; the command is not held then */
  add(command: GroupedCommand): Dangling | undefined {
    const twin = this.#byId.get(command.id)?.command
    if (twin !== undefined) {
      throw new UsageError(
        'batch-id-twice',
        `${placeOf(command)}: the id is taken by the command on line ${twin.line}.`,
        'Give each command an id of its own.',
      )
    }
    const targets = new Set<OpenGroup>()
    for (const reference of command.references) {
      const target = this.#byId.get(reference.id)
      const line = target?.command.line ?? this.#gone.get(reference.id) ?? this.#longGone.get(reference.id)
      if (line === undefined) return { reference, command, nearId: this.#nearId(reference.id) }
      if (target === undefined || command.ordinal - target.command.ordinal > LOOK_AHEAD) {
        throw new UsageError(
          'reference-far',
          `${placeOf(command)}: ${reference.path} refers to the command on line ${line}, more than ${LOOK_AHEAD.toLocaleString('en-US')} commands before.`,
          'Put commands that belong together next to each other.',
        )
      }
      targets.add(target.group)
    }
    this.#link(command, targets)
    return undefined
  }

  /** The first group, if all of its members stand at `upTo` or before. */
  takeFirst(upTo: number): CommandGroup | undefined {
    const [group] = this.#groups
    if (group === undefined || group.last > upTo) return undefined
    this.#groups.delete(group)
    for (const { id, line } of group.members) {
      this.#byId.delete(id)
      this.#gone.set(id, line)
    }
    if (this.#gone.size >= REMEMBERED) {
      this.#longGone = this.#gone
      this.#gone = new Map()
    }
    return group.members
  }

  #link(command: GroupedCommand, targets: ReadonlySet<OpenGroup>): void {
    const [first = { members: [], last: 0 }, ...others] = [...targets].sort(byFirstMember)
    const members = [...first.members, ...others.flatMap((group) => group.members), command]
    if (members.length > BATCH_COMMANDS) {
      throw new UsageError(
        'batch-linked',
        `${placeOf(command)}: with this one ${members.length} commands are linked by references, and a batch holds ${BATCH_COMMANDS}.`,
        'Commands that refer to each other go in one request; break the chain.',
      )
    }
    first.members = members.sort((a, b) => a.ordinal - b.ordinal)
    first.last = command.ordinal
    this.#groups.add(first)
    for (const other of others) this.#groups.delete(other)
    for (const member of [...others.flatMap((group) => group.members), command]) {
      this.#byId.set(member.id, { command: member, group: first })
    }
  }

  #nearId(id: string): string | undefined {
    const wanted = id.toLowerCase()
    return [...this.#byId.keys()].find((known) => known.toLowerCase() === wanted)
  }
}

function byFirstMember(a: OpenGroup, b: OpenGroup): number {
  return (a.members[0]?.ordinal ?? 0) - (b.members[0]?.ordinal ?? 0)
}

const METHOD = /^[a-z][\w-]*(\.[\w-]+)*$/i

/** What the portal allows in no batch. */
const NOT_IN_A_BATCH = new Set(['batch', 'download', 'upload'])

function checkMethod(command: BatchCommand): void {
  const { method } = command
  if (!METHOD.test(method)) {
    throw new UsageError(
      'method-name',
      `${placeOf(command)}: "${method}" is no name of a method.`,
      method.includes('?')
        ? 'Only in {"cmd": …} parameters stand behind a "?"; here they go into "params".'
        : 'Names look like crm.deal.update.',
    )
  }
  if (NOT_IN_A_BATCH.has(method.toLowerCase())) {
    throw new UsageError(
      'batch-nested',
      `${placeOf(command)}: the portal does not allow ${method} inside of a batch.`,
      method.toLowerCase() === 'batch' ? 'Write its commands as commands of this input.' : 'Leave it out.',
    )
  }
}

function refuseForward({ reference, command }: Dangling, later: BatchCommand): void {
  if (later.id !== reference.id) return
  throw new UsageError(
    'reference-later',
    `${placeOf(command)}: ${reference.path} refers to the command on line ${later.line}, which comes later.`,
    'Commands run in their order: move the one that is referred to in front.',
  )
}

function unknownReference({ reference, command, nearId }: Dangling): UsageError {
  if (reference.id === command.id) {
    return new UsageError(
      'reference-later',
      `${placeOf(command)}: ${reference.path} refers to the command itself.`,
      'A reference leads to a command that stands before.',
    )
  }
  return new UsageError(
    'reference-unknown',
    `${placeOf(command)}: ${reference.path} refers to "${reference.id}", and no command nearby has that id.`,
    nearId === undefined
      ? 'Ids stand between the first brackets of a reference: $result[ID][FIELD].'
      : `Did you mean "${nearId}"? Ids are compared letter by letter.`,
  )
}

function placeOf({ line, id }: BatchCommand): string {
  return `Line ${line} (id "${id}")`
}
