import type { JsonText } from './json-text.ts'
import { isMap } from './params.ts'
import type { Params, ParamValue } from './types.ts'

/** A place in an object: the names that lead to it from the outside in; empty for the object itself. */
export type Place = readonly string[]

/** The value at a place in an answer; `undefined` if it is not there. @throws JsonTextError */
export function valueAt(value: JsonText, place: Place): JsonText | undefined {
  let found: JsonText | undefined = value
  for (const name of place) found = found?.member(name)
  return found
}

/** The value at a place in parameters; `undefined` if it is not there. */
export function paramAt(params: Params, place: Place): ParamValue | undefined {
  let found: ParamValue | undefined = params
  for (const name of place) found = isMap(found) && Object.hasOwn(found, name) ? found[name] : undefined
  return found
}

/** The same parameters with this value at a place; nothing is there any more if it is `undefined`. */
export function withParamAt(params: Params, place: Place, value: ParamValue | undefined): Params {
  const [name, ...below] = place
  if (name === undefined) return isMap(value) ? value : {}
  const inside = params[name]
  const changed = below.length === 0 ? value : withParamAt(isMap(inside) ? inside : {}, below, value)
  const isGone =
    changed === undefined || (below.length > 0 && isMap(changed) && Object.keys(changed).length === 0)
  if (!isGone) return { ...params, [name]: changed }
  return Object.fromEntries(Object.entries(params).filter(([other]) => other !== name))
}

/** Both in one: of a value that both have, the later one; maps are put together. */
export function mergedParams(params: Params, more: Params): Params {
  const merged: Record<string, ParamValue> = { ...params }
  for (const [name, value] of Object.entries(more)) {
    const before = merged[name]
    merged[name] = isMap(before) && isMap(value) ? mergedParams(before, value) : value
  }
  return merged
}
