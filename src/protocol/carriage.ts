import { isMap, MOST_QUERY_VALUES } from './params.ts'
import type { Params, ParamValue } from './types.ts'

/**
 * Texts that the portal's security filter is known to look for in the commands of a batch, where it may put blanks into
 * them; parameters of a call of its own do not pass it. Drawn wide: a call of its own is slower, not wrong.
 */
const SUSPICIOUS: readonly RegExp[] = [
  // markup, entities that hide it, and what runs in it
  /<\s*[a-z!/?%]/i,
  /&(?:#|lt;|[lg]t;)/i,
  /(?:javascript|vbscript)\s*:|\b(?:data|expression)\s*[:(]/i,
  /\bon[a-z]{3,}\s*=/i,
  // SQL, also in the innocent order of an English sentence
  /\b(?:union|select)\b[\s\S]{0,400}\b(?:select|from|into)\b/i,
  /\binsert\b[\s\S]{0,400}\binto\b|\breplace\b[\s\S]{0,400}\binto\b/i,
  /\bupdate\b[\s\S]{0,400}\bset\b|\bdelete\b[\s\S]{0,400}\bfrom\b/i,
  /\bfrom\b[\s\S]{0,400}\bwhere\b/i,
  /\b(?:create|alter|drop|truncate|rename|load)\b[\s\S]{0,400}\b(?:table|database|view|index|procedure|function|trigger|column|data|file)\b/i,
  /\binto\s+(?:outfile|dumpfile)\b|\b(?:load_file|benchmark|sleep|concat|char|hex)\s*\(/i,
  // paths, and what PHP would run
  /\.\.[/\\]/,
  /<\?|\b(?:eval|exec|system|passthru|base64_decode|file_get_contents)\s*\(/i,
]

/** What a batch would take for the answer of another command: brackets may come as late as the next blank. */
const REFERENCE = /\$(?:result|next|total|time|error)/i

/** PHP drops what is nested deeper. https://www.php.net/manual/en/info.configuration.php (max_input_nesting_level) */
const DEEPEST = 60

/**
 * Why the parameters of a command cannot be carried unchanged in the string that a batch makes of it; `undefined` if they
 * can. They then have to go in a call of their own, whose body is JSON.
 *
 * @param mayRefer references are meant as such
 */
export function whyAlone(params: Params, { mayRefer = false } = {}): string | undefined {
  let values = 0

  function reason(value: ParamValue, depth: number): string | undefined {
    if (value === null) return 'null'
    if (typeof value === 'string') {
      if (!mayRefer && REFERENCE.test(value)) return 'a text that looks like a reference'
      return SUSPICIOUS.some((pattern) => pattern.test(value)) ? 'markup or code' : undefined
    }
    if (typeof value !== 'object') return undefined
    const entries = Object.entries(value)
    if (entries.length === 0) return isMap(value) ? 'an empty map' : 'an empty list'
    if (depth >= DEEPEST) return 'deep nesting'
    for (const [key, item] of entries) {
      const found = reasonOfKey(key, depth) ?? reason(item, depth + 1)
      if (found !== undefined) return found
      if (typeof item !== 'object' && ++values > MOST_QUERY_VALUES) return 'more than 1,000 values'
    }
    return undefined
  }

  // Without any parameters there is nothing that could be lost.
  return Object.keys(params).length === 0 ? undefined : reason(params, 0)
}

function reasonOfKey(key: string, depth: number): string | undefined {
  if (key === '' || /[[\]\0]|^\s/.test(key)) return 'a name with brackets or without letters'
  if (depth === 0 && /[\s.]/.test(key)) return 'a name with a blank or a dot'
  return REFERENCE.test(key) || SUSPICIOUS.some((pattern) => pattern.test(key))
    ? 'a name that looks like code'
    : undefined
}
