import type { BatchCommand } from '../input/batch-file.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { isRead } from '../protocol/methods/reads.ts'
import { paramValue } from '../protocol/json-params.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { KEEP, type Reference, renameReferences, resolveReferences } from '../protocol/references.ts'
import type { NamedCommand, ParamValue, Params, Reply } from '../protocol/types.ts'
import { doneBy, type Fate, OUR_CODES, refused } from './dispatch/fate.ts'
import type { CommandResult, Item, Unit } from './dispatch/unit.ts'
import { verdictOn } from './dispatch/verdict.ts'

interface LinkedItem extends Item {
  readonly input: BatchCommand
  /** Its parameters with the answers that are known in the place of references, if it was not done. */
  handedBack?: Params
}

interface LinkedOptions {
  readonly isIdempotent: boolean
  readonly retries: number
}

/** A command that is ready to be sent. */
interface Ready {
  readonly item: LinkedItem
  readonly command: NamedCommand
  readonly isAlone: boolean
}

/**
 * Commands that refer to each other's answers. A command that may change something is sent when all that it refers to is
 * answered, with the values in the place of the references: the portal would run it with whatever it finds where a step is
 * missing. Reads go in the same batch as what they refer to, and an answer that rests on such a find is not taken. What
 * refers to a command that was not done, or to something that its answer does not have, is refused.
 */
export function linkedUnit(items: readonly LinkedItem[], { isIdempotent, retries }: LinkedOptions): Unit {
  const replies = new Map<string, Reply>()
  const attempts = new Map<LinkedItem, number>()

  /** The commands to send next: as many as can go together, or one that a batch cannot carry. */
  function next(): Unit {
    const ready = readyCommands(items, replies)
    return {
      items,
      commands: ready.map(({ command }) => command),
      isAlone: ready[0]?.isAlone === true,
      hasMore: items.filter(({ fate }) => fate === undefined).length > ready.length,
      lock: undefined,
      take(results) {
        for (const [index, one] of ready.entries()) take(one, results[index] ?? { kind: 'absent' })
        const rest = next()
        if (rest.commands.length > 0) return rest
        handBack(items, replies)
        return undefined
      },
    }
  }

  function take({ item, command }: Ready, result: CommandResult): void {
    const tried = attempts.get(item) ?? 0
    const verdict = verdictOn(result, {
      method: command.method,
      isIdempotent,
      hasAttemptsLeft: tried < retries,
      mayHaveRun: item.mayHaveRun === true,
    })
    if (verdict.kind === 'again') {
      if (verdict.isAttempt) attempts.set(item, tried + 1)
      if (verdict.mayHaveRun) item.mayHaveRun = true
      return
    }
    // What it refers to stands before it, so that its answer has been taken already, if it came.
    const found = resolved(item.input.params, openIds(items), replies)
    if (found.kind === 'refused') item.fate = found.fate
    if (found.kind !== 'ready' || found.hasReferences) return
    if (verdict.kind === 'settled') {
      item.fate = verdict.fate
      return
    }
    item.fate = doneBy(verdict.reply)
    replies.set(item.input.id, verdict.reply)
  }

  return next()
}

/** What was not done may be input again, without the commands that were. */
function handBack(items: readonly LinkedItem[], replies: ReadonlyMap<string, Reply>): void {
  const failed = items.filter(({ fate }) => fate?.outcome !== 'done')
  const failedIds = new Set(failed.map(({ input }) => input.id))
  for (const item of failed) {
    const found = resolved(item.input.params, failedIds, replies)
    if (found.kind === 'ready') item.handedBack = found.params
  }
}

function openIds(items: readonly LinkedItem[]): Set<string> {
  return new Set(items.filter(({ fate }) => fate === undefined).map(({ input }) => input.id))
}

/** Settles what cannot be sent any more, and puts together what goes next. */
function readyCommands(items: readonly LinkedItem[], replies: ReadonlyMap<string, Reply>): readonly Ready[] {
  const open = openIds(items)
  const names = new Map(items.map(({ ordinal, input }) => [input.id, `c${ordinal}`]))
  const ready: Ready[] = []
  for (const item of items) {
    if (item.fate !== undefined) continue
    const { id, method, params } = item.input
    const found = resolved(params, open, replies)
    if (found.kind === 'waits') break
    if (found.kind === 'refused') {
      item.fate = found.fate
      open.delete(id)
      continue
    }
    // Whatever stands behind it waits as well, so that commands keep their order.
    if (found.hasReferences && !isRead(method)) break
    const isAlone = whyAlone(found.params, { mayRefer: found.hasReferences }) !== undefined
    if (isAlone && found.hasReferences && ready.length === 0) throw new Error('refers to what is not sent')
    // What has to go alone waits until all that it refers to is answered.
    if (isAlone && ready.length > 0) break
    const own = found.hasReferences ? renameReferences(found.params, names) : found.params
    ready.push({ item, command: { name: `c${item.ordinal}`, method, params: own }, isAlone })
    if (isAlone) break
  }
  return ready
}

type Found =
  | { readonly kind: 'ready'; readonly params: Params; readonly hasReferences: boolean }
  | { readonly kind: 'refused'; readonly fate: Fate }
  /** An answer has something in it that can only be sent alone, while other answers are still to come. */
  | { readonly kind: 'waits' }

/** The parameters with the answers that are known in the place of references to them. */
function resolved(params: Params, open: ReadonlySet<string>, replies: ReadonlyMap<string, Reply>): Found {
  let failed: string | undefined
  const resolution = resolveReferences(params, (reference) => {
    if (open.has(reference.id)) return KEEP
    const reply = replies.get(reference.id)
    if (reply === undefined) failed ??= reference.id
    return reply === undefined ? '' : valueOf(reference, reply)
  })
  if (failed !== undefined) {
    const description = `It refers to "${failed}", which was not done.`
    return { kind: 'refused', fate: refused(OUR_CODES.dependsOn, description) }
  }
  if (resolution.kind === 'resolved') return { ...resolution, kind: 'ready' }
  if (resolution.reason === 'reference') return { kind: 'waits' }
  const { path, id, steps } = resolution.reference
  const what = `${id}${steps.map((step) => `[${step}]`).join('')}`
  const description =
    resolution.reason === 'missing'
      ? `${path} refers to ${what}, which the answer does not have.`
      : `${path} puts ${what} into a text, but it is a list, a map or a boolean.`
  return { kind: 'refused', fate: refused(OUR_CODES.unresolved, description) }
}

/** The value that a reference leads to; `undefined` if a step is missing. */
function valueOf(
  { kind, steps }: Reference,
  { result, total, next, timeText }: Reply,
): ParamValue | undefined {
  if (kind === 'total') return total
  if (kind === 'next') return next
  if (kind === 'error') return undefined
  const start = kind === 'result' ? result : timeText
  const reached = steps.reduce<JsonText | undefined>((value, step) => stepInto(value, step), start)
  return reached === undefined ? undefined : paramValue(reached)
}

function stepInto(value: JsonText | undefined, step: string): JsonText | undefined {
  if (value?.isArray === true) return /^\d+$/.test(step) ? value.elements()[Number(step)] : undefined
  return value?.member(step)
}
