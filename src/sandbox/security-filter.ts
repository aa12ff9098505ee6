import { type PhpArray, type Value, isArray } from './values.ts'

interface Break {
  readonly pattern: RegExp
  readonly replacement: string
}

const BEFORE_WORD = '(?<![a-z0-9_-])'
const AFTER_WORD = '(?![a-z0-9_])'

/** Words that are taken for an attack; `|` is where a blank breaks them. */
const TAGS = ['sc|ript', 'ifr|ame', 'ob|ject', 'em|bed', 'st|yle', 'fo|rm', 'li|nk', 'me|ta', 'sv|g', 'ht|ml']
const SQL_COMMANDS = ['cre|ate', 'alt|er', 'dr|op']
const SQL_OBJECTS = 'database|table|function|procedure|view|index'
const SQL_CLAUSES = [
  ['uni|on', 'sel|ect'],
  ['sel|ect', 'fr|om'],
  ['ins|ert', 'in|to'],
  ['upd|ate', 'se|t'],
  ['fr|om', 'wh|ere'],
] as const

const BREAKS: readonly Break[] = [
  ...TAGS.map(halves).map(([left, right]) => blankBetween(`(</?${left})`, `(${right})${AFTER_WORD}`)),
  blankBetween('(<a\\s[^>]{0,300}?hr)', '(ef\\s*=)'),
  // Any handler of an event: `onclick=`.
  blankBetween(`${BEFORE_WORD}(on[a-z]*?)`, '([a-z]{3}\\s*=)'),
  { pattern: /(java)(script\s*:)/gi, replacement: '$1 * $2' },
  ...SQL_CLAUSES.map(([first, second]) => {
    const [head, rest] = halves(first)
    const [left, right] = halves(second)
    // Bounded, so that a long text takes no long time.
    const middle = `(${rest}\\s(?:[^]{0,300}?[^a-z0-9_])?${left})`
    return blankBetween(`${BEFORE_WORD}(${head})`, middle, `(${right})${AFTER_WORD}`)
  }),
  ...SQL_COMMANDS.map(halves).map(([left, right]) =>
    blankBetween(`${BEFORE_WORD}(${left})`, `(${right}\\s+(?:${SQL_OBJECTS}))${AFTER_WORD}`),
  ),
  // A path that leads upwards.
  blankBetween('(\\.)', '(\\.[\\\\/])'),
]

function halves(word: string): [left: string, right: string] {
  const at = word.indexOf('|')
  return [word.slice(0, at), word.slice(at + 1)]
}

/** Each part has one group; what they catch is put apart by blanks. */
function blankBetween(...parts: readonly string[]): Break {
  return {
    pattern: new RegExp(parts.join(''), 'gi'),
    replacement: parts.map((_, index) => `$${index + 1}`).join(' '),
  }
}

/**
 * What the proactive filter of the portal leaves of the parameters of a command in a batch: values that look like an
 * attack are broken by blanks, so that they mean nothing any more. Innocent texts are hit as well.
 */
export function securedParams(params: PhpArray): PhpArray {
  const result = new Map<string, Value>()
  for (const [name, value] of params.entries()) result.set(name, securedValue(value))
  return result
}

function securedValue(value: Value): Value {
  if (isArray(value)) return securedParams(value)
  return typeof value === 'string' ? securedText(value) : value
}

function securedText(text: string): string {
  // Ids, names and numbers, which most values are.
  if (/^\w*$/.test(text)) return text
  return BREAKS.reduce((left, { pattern, replacement }) => left.replace(pattern, replacement), text)
}
