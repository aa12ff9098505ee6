import { type PhpArray, type Value, elements, isArray, list, map, toText } from '../values.ts'
import { V3Refusal } from './refusals.ts'

/** Results of a batch so far, by name or place: the object or the objects, without what they lie in. */
export type Results = ReadonlyMap<string, Value>

/**
 * Parameters with the references in them replaced: `{"$ref": "first.id"}` is one value, `{"$refArray": "tasks.id"}` a
 * field of every object of a list.
 * @throws V3Refusal where a path leads nowhere
 */
export function resolved(value: Value, results: Results): Value {
  if (!isArray(value)) return value
  const path = value.get('$ref')
  if (path !== undefined) return reach(toText(path), results)
  const listPath = value.get('$refArray')
  if (listPath !== undefined) return collected(toText(listPath), results)
  return map(Array.from(value.entries(), ([key, one]): [string, Value] => [key, resolved(one, results)]))
}

/** What references see of a result: what is in `item` or `items`. */
export function unwrapped(result: Value): Value {
  if (!isArray(result)) return result
  return result.get('item') ?? result.get('items') ?? result
}

function reach(path: string, results: Results): Value {
  const [name = '', ...steps] = path.split('.')
  let reached = results.get(name)
  for (const step of steps) reached = isArray(reached) ? reached.get(step) : undefined
  if (reached === undefined) throw nowhere(path)
  return reached
}

function collected(path: string, results: Results): PhpArray {
  const dot = path.lastIndexOf('.')
  const field = path.slice(dot + 1)
  return list(
    elements(reach(path.slice(0, dot), results)).map((one) => {
      const value = isArray(one) ? one.get(field) : undefined
      if (value === undefined) throw nowhere(path)
      return value
    }),
  )
}

function nowhere(path: string): V3Refusal {
  return new V3Refusal(
    'INVALIDSELECTEXCEPTION',
    `Не удается распознать выражение select \`Path '${path}' not found in context\``,
  )
}
