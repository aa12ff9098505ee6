import type { JsonText } from '../../protocol/json-text.ts'
import type { RowsPlace } from '../../protocol/methods/list-method.ts'

/** Where the rows of an answer are, or why that cannot be said. */
export type FoundRows =
  | { readonly rows: RowsPlace }
  /** Nothing in it can be rows. */
  | { readonly none: string }
  /** Several things in it can be. */
  | { readonly unclear: string }

interface Member {
  readonly name: string
  readonly value: JsonText
}

/** Names of what stands beside rows and tells of them. */
const MARK = /total|count|next|more|page|limit|offset|cursor|truncated|^last/i

/**
 * Finds the rows of an answer: the list itself, what is under `items`, the only list of objects, or the values of a map
 * of objects. An object with one list in it may be a single thing with its phone numbers, so it has to be said that it
 * has pages, or nothing but marks may stand beside the list.
 */
export function findRows(result: JsonText, isPaged: boolean): FoundRows {
  if (result.isArray) return { rows: { at: [], form: 'array' } }
  if (!result.isObject) return { none: `answered ${briefly(result)}, which is no list` }
  const members = [...result.members()]
  if (members.length === 0) return { rows: { at: [], form: 'keyed' } }
  const lists = members.filter(({ value }) => value.isArray)
  return lists.length === 0 ? findKeyed(result, members) : findList(members, lists, isPaged)
}

function findList(members: readonly Member[], lists: readonly Member[], isPaged: boolean): FoundRows {
  const ofObjects = lists.filter(({ value }) => value.elements()[0]?.isObject === true)
  const items = lists.find(({ name }) => name === 'items')
  const filled = lists.filter(({ value }) => value.elements().length > 0)
  if (filled.length === 0 && lists.length > 1 && isPaged) {
    return { unclear: `has several lists in its answer (${names(lists)})` }
  }
  const several = ofObjects.length > 1 ? ofObjects : filled.length > 1 && ofObjects.length === 0 ? filled : []
  if (items === undefined && several.length > 0) {
    return { unclear: `has several lists in its answer (${names(several)})` }
  }
  const list = items ?? ofObjects[0] ?? filled[0] ?? lists[0]
  const beside = members.filter((one) => one !== list && !MARK.test(one.name) && !isEmpty(one.value))
  if (list === undefined || (items === undefined && !isPaged && beside.length > 0)) {
    return { unclear: `may have answered one thing that holds a list (${names(lists)})` }
  }
  return { rows: { at: [list.name], form: 'array' } }
}

/** Rows by their ids or codes, in the answer itself or in the only object of it. */
function findKeyed(result: JsonText, members: readonly Member[]): FoundRows {
  if (isKeyed(members)) return { rows: { at: [], form: 'keyed' } }
  const [inner, ...others] = members.filter(({ name }) => !MARK.test(name))
  if (inner !== undefined && others.length === 0 && isKeyed([...inner.value.members()])) {
    return { rows: { at: [inner.name], form: 'keyed' } }
  }
  if (members.some(({ value }) => value.isObject)) {
    return { unclear: `has objects in its answer that may be rows or not (${names(members)})` }
  }
  return { none: `answered ${briefly(result)}, which is no list` }
}

/** Whether the values of a map are rows: objects that name their own keys, or several with the same members. */
function isKeyed(members: readonly Member[]): boolean {
  if (members.length === 0 || !members.every(({ value }) => value.isObject)) return false
  const namesItself = members.every(({ name, value }) =>
    [...value.members()].some((one) => (one.value.text ?? one.value.toString()) === name),
  )
  if (namesItself) return true
  const shapes = new Set(members.map(({ value }) => [...value.members()].map(({ name }) => name).join('\n')))
  return (
    members.length > 1 &&
    shapes.size === 1 &&
    !shapes.has('') &&
    members.every(({ name }) => /^\d+$/.test(name))
  )
}

function isEmpty(value: JsonText): boolean {
  return value.isArray && value.elements().length === 0
}

function names(members: readonly Member[]): string {
  const shown = members.slice(0, 4).map(({ name }) => name)
  return `${shown.join(', ')}${members.length > shown.length ? ', …' : ''}`
}

function briefly(value: JsonText): string {
  const text = value.toString()
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
