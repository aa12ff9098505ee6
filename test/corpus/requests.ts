import { isObject, type Json, type JsonObject } from './corpus.ts'

/** One call that a request asks for: a batch asks for several. */
export interface Asked {
  readonly method: string
  readonly params: JsonObject
}

/** Parameters of a command in a batch, with the answers of those before it put in. */
export function parsedCommand(command: string, results: Readonly<Record<string, Json>>): Asked {
  const [method = '', query = ''] = command.split('?', 2)
  const params: Record<string, Json> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    put(params, stepsOf(name), referenced(value, results))
  }
  return { method, params }
}

/** `filter[>ID]` → `filter`, `>ID` */
function stepsOf(name: string): string[] {
  const [first = ''] = name.split('[', 1)
  return [first, ...[...name.slice(first.length).matchAll(/\[([^\]]*)\]/g)].map(([, step = '']) => step)]
}

function put(params: Record<string, Json>, [name = '', ...below]: readonly string[], value: Json): void {
  if (below.length === 0) {
    params[name] = value
    return
  }
  const inside = isObject(params[name]) ? { ...params[name] } : {}
  put(inside, below, value)
  params[name] = inside
}

/** `$result[p0][49][ID]` is what the answer of p0 has there, and an empty text if there is nothing. */
function referenced(value: string, results: Readonly<Record<string, Json>>): Json {
  const steps = /^\$result((?:\[[^\]]+\])+)$/.exec(value)?.[1]
  if (steps === undefined) return value
  let found: Json | undefined = results
  for (const [, step = ''] of steps.matchAll(/\[([^\]]+)\]/g)) {
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(step)]
    else found = isObject(found) ? found[step] : undefined
  }
  return found ?? ''
}
