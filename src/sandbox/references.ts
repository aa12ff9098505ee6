import { type PhpArray, type Value, isArray, toText } from './values.ts'

/** What references of a batch can reach: `$result[a][0][ID]`, `$next[a]` and so on. */
export type Reachable = Readonly<Record<string, PhpArray>>
export type Unresolved = 'reached' | 'empty' | 'literal'

/** A reference extends to the next blank: text glued behind it is swallowed. */
const REFERENCE = /\$(result|error|total|next|time)(\[\S*)/gi

/**
 * Replaces the references in parameters, names and values alike. A value that is nothing but a reference keeps its
 * type; inside a longer text numbers and strings are put in and arrays leave the text as it is.
 */
export function resolveReferences(params: PhpArray, reachable: Reachable, unresolved: Unresolved): PhpArray {
  const result = new Map<string, Value>()
  for (const [name, value] of params.entries()) {
    const newName = name.includes('$') ? resolveText(name, reachable, unresolved) : name
    result.set(isArray(newName) ? name : toText(newName), resolveValue(value, reachable, unresolved))
  }
  return result
}

function resolveValue(value: Value, reachable: Reachable, unresolved: Unresolved): Value {
  if (isArray(value)) return resolveReferences(value, reachable, unresolved)
  return typeof value === 'string' && value.includes('$') ? resolveText(value, reachable, unresolved) : value
}

function resolveText(text: string, reachable: Reachable, unresolved: Unresolved): Value {
  const whole = [...text.matchAll(REFERENCE)][0]
  if (whole?.[0] === text) return reach(text, reachable, unresolved)
  return text.replace(REFERENCE, (expression) => {
    const value = reach(expression, reachable, unresolved)
    return isArray(value) ? expression : toText(value)
  })
}

/** Walks the steps of a reference. Where one is missing or null, the walk ends with the value reached so far. */
function reach(expression: string, reachable: Reachable, unresolved: Unresolved): Value {
  const open = expression.indexOf('[')
  // The name is matched in any case, but looked up as written.
  let reached: Value = reachable[expression.slice(1, open)] ?? ''
  for (const [, step = ''] of expression.slice(open).matchAll(/\[([^\]]*)\]/g)) {
    const next: Value | undefined = isArray(reached) ? reached.get(step) : undefined
    if (next === undefined || next === null) {
      if (unresolved === 'literal') return expression
      return unresolved === 'empty' ? '' : reached
    }
    reached = next
  }
  return reached
}
