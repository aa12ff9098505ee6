import { type JsonText, JsonTextError } from './json-text.ts'
import type { BatchReply, Command, NamedCommand, Params, Reply } from './types.ts'

/**
 * The body of a batch in REST 3.0, in which one refused command fails all of them.
 * https://apidocs.bitrix24.com/api-reference/rest-v3/index.html
 */
export function batchBodyV3(commands: readonly Command[]): string {
  return JSON.stringify(commands.map(({ method, params }) => ({ method, query: params })))
}

/** The answers in the order of the commands. @throws JsonTextError if there are not as many */
export function readBatchV3({ result, time }: Reply, commands: readonly NamedCommand[]): BatchReply {
  const results: readonly JsonText[] = result.isArray ? result.elements() : []
  if (results.length !== commands.length) throw new JsonTextError('the answer is not that of a batch')
  return { outcomes: results.map((own) => ({ kind: 'done', reply: { result: own, time: {} } })), time }
}

/** Whether a batch would put the answer of another command in the place of a parameter. */
export function hasReference(params: Params): boolean {
  return /"\$ref(?:Array)?":/.test(JSON.stringify(params))
}
