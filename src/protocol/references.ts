import { UsageError } from '../errors.ts'
import { bracketName, isMap } from './params.ts'
import type { Params, ParamValue } from './types.ts'

export type ReferenceKind = 'result' | 'next' | 'total' | 'time' | 'error'

/** What a parameter takes from the answer of another command: `$result[a][0][ID]`, `$next[a]` and the like. */
export interface Reference {
  readonly kind: ReferenceKind
  /** The command referred to, as written between the first brackets. */
  readonly id: string
  /** The way into its answer, one step for each further pair of brackets. */
  readonly steps: readonly string[]
  /** The parameter that it stands in: `filter[>ID]`. */
  readonly path: string
  /** The value is nothing but the reference, so that it keeps its type; never so in a name. */
  readonly isWholeValue: boolean
}

/** Answered by a lookup: this reference stays as it is, since the command referred to is sent in the same request. */
export const KEEP = Symbol('keep')

/** The value referred to, or `undefined` if a step on the way to it is missing. */
export type Lookup = (reference: Reference) => ParamValue | typeof KEEP | undefined

/**
 * Why a reference could not be replaced. `missing`: a step is missing, or leads to null. `not-text`: it stands inside a
 * text, and the value is a list, a map or a boolean. `reference`: the value itself has a text that the portal would
 * replace, and the command has references left, so that it needs a batch.
 */
export type Unresolvable = 'missing' | 'not-text' | 'reference'

export type Resolution =
  | { readonly kind: 'resolved'; readonly params: Params; readonly hasReferences: boolean }
  | { readonly kind: 'unresolved'; readonly reference: Reference; readonly reason: Unresolvable }

/**
 * All references in values and names, in their order.
 *
 * @param where Put in front of messages: `Line 7: `.
 * @throws UsageError if text is glued to a reference (the portal would swallow it), or its brackets do not close
 */
export function findReferences(params: Params, where = ''): Reference[] {
  return [...textsIn(params, [])].flatMap(({ text, path, isName }) =>
    wordsIn(text).map((word) => referenceOf(word, text, path, isName, where)),
  )
}

/**
 * The same parameters with each reference to an id leading to the name that `names` has for it.
 *
 * @throws UsageError as `findReferences`, and for an id without a name
 */
export function renameReferences(params: Params, names: ReadonlyMap<string, string>): Params {
  return mapTexts(params, [], (text, path, isName) => {
    return replaceWords(text, (word) => {
      const { kind, id, steps } = referenceOf(word, text, path, isName)
      const name = names.get(id)
      if (name === undefined) {
        throw new UsageError('reference-unknown', `No command has the id "${id}", which ${path} refers to.`)
      }
      return `$${kind}[${name}]${steps.map((step) => `[${step}]`).join('')}`
    })
  })
}

/**
 * The same parameters with references replaced by the values that `lookup` knows, as the portal would do it: a value that
 * is nothing but a reference takes the type of what it refers to, inside a text only texts and numbers can stand.
 *
 * What was put in may look like a reference itself. If none are left (`hasReferences`), such a command must go in a call
 * of its own, where the portal replaces nothing.
 *
 * @throws UsageError as `findReferences`
 */
export function resolveReferences(params: Params, lookup: Lookup): Resolution {
  const failures: Extract<Resolution, { kind: 'unresolved' }>[] = []
  const lookAlikes: Reference[] = []
  const allKept: string[] = []
  const fail = (reference: Reference, reason: Unresolvable): string => {
    failures.push({ kind: 'unresolved', reference, reason })
    return ''
  }

  const resolved = mapTexts(params, [], (text, path, isName) => {
    const kept: string[] = []
    const replaced: Reference[] = []
    const valueOf = (reference: Reference, word: Word): ParamValue => {
      const value = lookup(reference)
      if (value === KEEP) {
        kept.push(word.text)
        return word.text
      }
      replaced.push(reference)
      return value ?? fail(reference, 'missing')
    }
    const textOf = (word: Word): string => {
      const reference = referenceOf(word, text, path, isName)
      const value = valueOf(reference, word)
      const isText = typeof value === 'string' || typeof value === 'number'
      return isText ? String(value) : fail(reference, 'not-text')
    }
    const [first] = wordsIn(text)
    const isWhole = first?.text === text && !isName
    const value = isWhole
      ? valueOf(referenceOf(first, text, path, isName), first)
      : replaceWords(text, textOf)
    allKept.push(...kept)
    // Values bring their own text, and behind a "$" they may even become what they were not.
    const isAlike = JSON.stringify(wordsInside(value)) !== JSON.stringify(kept)
    if (isAlike) lookAlikes.push(...replaced.slice(0, 1))
    return value
  })

  const hasReferences = allKept.length > 0
  if (hasReferences) for (const reference of lookAlikes) fail(reference, 'reference')
  return failures[0] ?? { kind: 'resolved', params: resolved, hasReferences }
}

/** The name in any case, and all up to a blank of ASCII: the portal's pattern knows no other blanks. */
const WORD = /\$(result|next|total|time|error)([^\t\n\v\f\r ]*)/gi
const STEP = /\[([^\]]+)\]/g

/** What the portal takes for one reference, with whatever is glued to it. */
interface Word {
  readonly text: string
  readonly start: number
  readonly kind: ReferenceKind
  /** What stands between brackets; empty if the brackets do not close. */
  readonly steps: readonly string[]
  /** It consists of the name and the brackets alone. */
  readonly isClean: boolean
}

function wordsIn(text: string): Word[] {
  if (!text.includes('$')) return []
  return [...text.matchAll(WORD)].flatMap((match) => {
    const [word, kind = '', rest = ''] = match
    const brackets = [...rest.matchAll(STEP)]
    // `$total` alone and `$timeless` are texts like any other.
    if (brackets.length === 0 && !rest.startsWith('[')) return []
    return {
      text: word,
      start: match.index,
      kind: kind.toLowerCase() as ReferenceKind,
      steps: brackets.map(([, step = '']) => step),
      isClean: brackets.map(([bracket]) => bracket).join('') === rest,
    }
  })
}

/** The texts of all words in a value that the portal would replace. */
function wordsInside(value: ParamValue): string[] {
  const texts = typeof value === 'string' ? [value] : Array.from(textsIn(value, []), ({ text }) => text)
  return texts.flatMap((text) =>
    wordsIn(text)
      .filter(({ steps }) => steps.length > 0)
      .map((word) => word.text),
  )
}

function referenceOf(word: Word, text: string, path: string, isName: boolean, where = ''): Reference {
  const [id, ...steps] = word.steps
  if (id === undefined) {
    throw new UsageError(
      'reference-malformed',
      `${where}"${short(word.text)}" in ${path} begins like a reference, but its bracket does not close.`,
      'Write $result[ID][FIELD]; neither an id nor a step can be empty or have a blank in it.',
    )
  }
  if (!word.isClean) {
    throw new UsageError(
      'reference-glued',
      `${where}The portal takes the whole of "${short(word.text)}" in ${path} for a reference and would lose what is not in brackets.`,
      'A reference ends at the next blank: put one behind its last bracket.',
    )
  }
  return { kind: word.kind, id, steps, path, isWholeValue: !isName && word.text === text }
}

function replaceWords(text: string, replace: (word: Word) => string): string {
  let result = ''
  let at = 0
  for (const word of wordsIn(text)) {
    result += text.slice(at, word.start) + replace(word)
    at = word.start + word.text.length
  }
  return result + text.slice(at)
}

interface PlacedText {
  readonly text: string
  readonly path: string
  readonly isName: boolean
}

/** The texts in which a reference could stand. */
function* textsIn(value: ParamValue, path: readonly string[]): Generator<PlacedText> {
  if (typeof value === 'string' && value.includes('$'))
    yield { text: value, path: bracketName(path), isName: false }
  if (value === null || typeof value !== 'object') return
  for (const [name, item] of Object.entries<ParamValue>(value as Params)) {
    const below = [...path, name]
    if (isMap(value) && name.includes('$')) yield { text: name, path: bracketName(below), isName: true }
    yield* textsIn(item, below)
  }
}

/** Called for the texts in which a reference could stand. */
type Change = (text: string, path: string, isName: boolean) => ParamValue

function mapTexts(params: Params, path: readonly string[], change: Change): Params {
  const names = new Set<string>()
  return Object.fromEntries(
    Object.entries(params).map(([name, item]) => {
      const below = [...path, name]
      const value = name.includes('$') ? change(name, bracketName(below), true) : name
      // No reference in a name is a whole value.
      const changed = typeof value === 'string' ? value : name
      if (names.has(changed)) {
        throw new UsageError(
          'parameter-twice',
          `Parameter ${bracketName([...path, changed])} is given twice.`,
          'Keep one of them.',
        )
      }
      names.add(changed)
      return [changed, mapValue(item, below, change)] as const
    }),
  )
}

function mapValue(value: ParamValue, path: readonly string[], change: Change): ParamValue {
  if (typeof value === 'string') {
    return value.includes('$') ? change(value, bracketName(path), false) : value
  }
  if (Array.isArray(value)) {
    return value.map((item: ParamValue, index) => mapValue(item, [...path, String(index)], change))
  }
  return isMap(value) ? mapTexts(value, path, change) : value
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
