import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { Params } from '../protocol/types.ts'

/** User fields of items may keep their old names, if that is asked for. */
const ORIGINAL_NAMES = 'useOriginalUfNames'

/**
 * A field as the method's filter and selection spell it. Portals drop names that they do not know without a word: a
 * condition in the wrong spelling would answer all rows, a selection empty ones. The id is put right, since rows may
 * spell it otherwise than the selection does.
 *
 * @throws UsageError naming the spelling
 */
export function checkSpelling(field: string, method: ListMethod, params: Params): string {
  const { fieldSpelling, id } = method
  if (field.toLowerCase() === id?.inFilter.toLowerCase()) return id.inFilter
  if (fieldSpelling === undefined || field === '*') return field
  const isOriginalUserField = /^UF_/.test(field) && params[ORIGINAL_NAMES] === 'Y'
  const isRight =
    fieldSpelling === 'UPPER_CASE' ? !/[a-z]/.test(field) : /^[a-z]/.test(field) || isOriginalUserField
  if (isRight) return field
  throw new UsageError(
    'field-spelling',
    `${method.method} spells its fields in ${fieldSpelling}, so it would not know "${field}".`,
    `Write ${fieldSpelling === 'UPPER_CASE' ? upperCase(field) : camelCase(field)}.`,
  )
}

function upperCase(field: string): string {
  return field.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
}

function camelCase(field: string): string {
  const [first = '', ...rest] = field.toLowerCase().split('_')
  return first + rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
}
