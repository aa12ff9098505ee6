export type Json = string | number | boolean | null | readonly Json[] | JsonMap
export interface JsonMap {
  readonly [name: string]: Json
}

/** JSON in which the order of names says nothing. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_name, inner: Json) => (isMap(inner) ? sorted(inner) : inner))
}

/** In what two requests differ, each as a phrase: `limit was 100 and is 200`; empty if they are the same. */
export function differences(before: Json, now: Json, name = ''): string[] {
  if (canonical(before) === canonical(now)) return []
  if (!isMap(before) || !isMap(now)) return [`${name} was ${shown(before)} and is ${shown(now)}`]
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return names.flatMap((inner) =>
    differences(before[inner] ?? null, now[inner] ?? null, name === '' ? inner : `${name}[${inner}]`),
  )
}

function shown(value: Json): string {
  if (value === null) return 'not given'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function sorted(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
