import type { BatchReply, Refusal } from '../protocol/types.ts'

/** The answer to a batch without what `hide` takes out of the portal's words. */
export function withoutSecrets(reply: BatchReply, hide: (text: string) => string): BatchReply {
  const outcomes = reply.outcomes.map((outcome) => {
    if (outcome.kind !== 'refused') return outcome
    return { ...outcome, refusal: hidden(outcome.refusal, hide) }
  })
  return { ...reply, outcomes }
}

/** The same for one refusal. */
export function hidden(
  { apiCode, description, validation }: Refusal,
  hide: (text: string) => string,
): Refusal {
  const said = { apiCode: hide(apiCode), description: hide(description) }
  if (validation === undefined) return said
  const faults = validation.map(({ field, message }) => ({ field: hide(field), message: hide(message) }))
  return { ...said, validation: faults }
}
