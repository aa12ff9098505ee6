import type { JsonText } from '../protocol/json-text.ts'
import { type CallKind, callKind, isMethodName } from '../protocol/methods/reads.ts'

/** What a request with a body of the user's own does to the portal. */
export interface RawKind {
  readonly kind: CallKind
  /** How many calls in it delete. */
  readonly deletions: number
}

/**
 * What a call does, by its name. A batch deletes if any of its commands does, and reads if all of them do; whatever is not
 * understood of it counts as a change.
 */
export function rawKind(method: string, body: JsonText): RawKind {
  const kinds = method.toLowerCase() === 'batch' ? kindsInBatch(body) : [callKind(method)]
  const deletions = kinds.filter((kind) => kind === 'delete').length
  if (deletions > 0) return { kind: 'delete', deletions }
  const [kind = 'change'] = kinds
  return { kind: kinds.every((one) => one === kind) ? kind : 'change', deletions }
}

/**
 * Of each command, in any writing of `cmd`; of two with one name the portal takes one, and nobody knows which. In REST 3.0
 * the body is a list of `{"method","query"}`.
 */
function kindsInBatch(body: JsonText): CallKind[] {
  if (body.isArray) return body.elements().map((command) => kindOfCommand(command.member('method')?.text))
  const kinds: CallKind[] = []
  for (const { name, value } of body.members()) {
    if (name.toLowerCase() !== 'cmd') continue
    const commands = value.isArray ? value.elements() : Array.from(value.members(), (member) => member.value)
    kinds.push(...commands.map(({ text }) => kindOfCommand(text)))
  }
  return kinds
}

/** `crm.deal.get?ID=1`, as text. */
function kindOfCommand(command: string | undefined): CallKind {
  const method = command?.split('?', 1)[0] ?? ''
  return isMethodName(method) ? callKind(method) : 'change'
}
