import type { Caller } from '../engine/caller.ts'
import type { InputId } from '../input/input-row.ts'
import { hasReference } from '../protocol/batch-v3.ts'
import { type ByIdMethod, byIdMethod } from '../protocol/by-id-methods.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { bracketPath, type ParamDraft, putAt } from '../protocol/params.ts'
import type { ApiVersion, NamedCommand, ParamMap, Params, Reply } from '../protocol/types.ts'
import { ChildRows } from './child-rows.ts'
import { AskedOnce } from './dispatch/asked-once.ts'
import { dispatch } from './dispatch/dispatch.ts'
import type { DispatchOptions } from './dispatch/options.ts'
import { type Fate, OUR_CODES, refused } from './dispatch/fate.ts'
import { type Finding, singleUnit } from './dispatch/single-unit.ts'
import { type Item, settledUnit, type Unit } from './dispatch/unit.ts'

/** An id with what became of it. */
export interface IdItem extends Item {
  readonly input: InputId
}

export interface GetByIdRequest {
  readonly method: string
  /** `v2` if left out. */
  readonly api?: ApiVersion | undefined
  /** Where the id goes, in brackets if nested; `undefined`: where the method is known to take it. */
  readonly idParam: string | undefined
  /** Parameters beside the id, the same for all. */
  readonly params: Params
}

export type GetByIdOptions = Omit<DispatchOptions, 'isOneMethod' | 'isSerial' | 'isIdempotent' | 'recorder'>

/**
 * Asks `method` for each id, packed into batches, and hands on the answers in the order of the ids. An id that comes again
 * within 10,000 inputs is asked for once. A list is followed to its end. What is not there is refused with `NOT_FOUND`.
 *
 * @throws as `dispatch`
 */
export async function* getById(
  caller: Caller,
  request: GetByIdRequest,
  ids: AsyncIterable<InputId>,
  options: GetByIdOptions,
): AsyncGenerator<readonly IdItem[], void, undefined> {
  const known = new AskedOnce()
  const settled = dispatch(caller, unitsOf(request, ids, known, options.retries), {
    ...options,
    isOneMethod: true,
    isSerial: false,
    isIdempotent: false,
  }) as AsyncGenerator<readonly IdItem[], void, undefined>
  for await (const items of settled) {
    for (const item of items) {
      if (item.fate === REPEATED) item.fate = known.recall(item.input.text)
      else if (item.fate !== undefined) known.keep(item.input.text, item.ordinal, item.fate)
    }
    yield items
  }
}

/** In the place of a fate that an earlier input has. */
const REPEATED: Fate = refused(OUR_CODES.notSent, 'Asked for already.')

async function* unitsOf(
  { method, api, idParam, params }: GetByIdRequest,
  ids: AsyncIterable<InputId>,
  known: AskedOnce,
  retries: number,
): AsyncGenerator<Unit, void, undefined> {
  const about = byIdMethod(method, api)
  const path = bracketPath(idParam ?? about.idParam)
  let ordinal = 0
  for await (const input of ids) {
    const item: IdItem = { ordinal: ordinal++, input, fate: undefined }
    if (known.isRepeat(input.text, item.ordinal)) {
      item.fate = REPEATED
      yield settledUnit([item])
      continue
    }
    const id = api === 'v3' && /^\d{1,15}$/.test(input.text) ? Number(input.text) : input.text
    const command = { name: `c${item.ordinal}`, api, method, params: withId(params, path, id) }
    yield singleUnit({
      item,
      command,
      isAlone: api === 'v3' ? hasReference(command.params) : whyAlone(command.params) !== undefined,
      isIdempotent: false,
      retries,
      find: finderOf(command, about),
    })
  }
}

function withId(params: Params, path: readonly string[], id: string | number): Params {
  // Only what lies on the path is changed, but that may be nested.
  const draft: ParamDraft = structuredClone<ParamMap>(params)
  putAt(draft, path, id)
  return draft
}

/** An answer that names a next page is a list, whatever was expected. In REST 3.0 `items` are one, of unknown length. */
function finderOf(command: NamedCommand, about: ByIdMethod): (reply: Reply, isAlone: boolean) => Finding {
  if (command.api === 'v3') return (reply) => findOneOfV3(reply)
  const findList = listFinder(command, about)
  let isList = about.answers === 'list'
  return (reply, isAlone) => {
    isList ||= reply.next !== undefined
    return isList ? findList(reply, isAlone) : findOne(reply)
  }
}

/** One thing: portals say in several ways that there is none. */
function findOne({ result }: Reply): Finding {
  const text = result.toString()
  const isNothing = text === 'null' || text === 'false' || /^\[\s*\]$/.test(text)
  const fate: Fate = isNothing
    ? refused(OUR_CODES.notFound, 'The portal answered nothing for this id.')
    : { outcome: 'done', result }
  return { kind: 'settled', fate }
}

function findOneOfV3(reply: Reply): Finding {
  if (reply.result.member('items')?.isArray !== true) return findOne(reply)
  const description =
    'The portal answered a list, and REST 3.0 does not say where one ends; get it by get-all.'
  return { kind: 'settled', fate: refused(OUR_CODES.incomplete, description) }
}

/** A list, page after page. */
function listFinder(first: NamedCommand, about: ByIdMethod): (reply: Reply, isAlone: boolean) => Finding {
  const rows = new ChildRows(about.method)
  return (reply, isAlone) => {
    const step = rows.take(reply, isAlone)
    if (step.kind === 'complete') return { kind: 'settled', fate: { outcome: 'done', result: step.result } }
    if (step.kind === 'incomplete')
      return { kind: 'settled', fate: refused(OUR_CODES.incomplete, step.description) }
    const params = step.start === 0 ? first.params : { ...first.params, start: String(step.start) }
    return { kind: 'ask', command: { ...first, params }, isAlone: isAlone || step.isAlone }
  }
}
