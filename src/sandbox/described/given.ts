import { type PhpArray, type Value, isArray } from '../values.ts'

/**
 * A parameter by where it lies: `filter`, `params.limit` (inside another), `#2` (by position, whatever its name), and
 * `FILTER|filter` for either spelling.
 */
export function given(params: PhpArray, place: string | undefined): Value | undefined {
  for (const spelling of place?.split('|') ?? []) {
    const value = at(params, spelling)
    if (value !== undefined) return value
  }
  return undefined
}

function at(params: PhpArray, path: string): Value | undefined {
  let reached: Value | undefined = params
  for (const step of path.split('.')) {
    if (!isArray(reached)) return undefined
    reached = step.startsWith('#')
      ? Array.from(reached.entries(), ([, value]) => value)[Number(step.slice(1))]
      : reached.get(step)
  }
  return reached
}
