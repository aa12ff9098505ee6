import type { Caller } from '../engine/caller.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { Params } from '../protocol/types.ts'

/** A field of an entity, as the method that describes it says. */
export interface EntityField {
  readonly name: string
  /** Phones, e-mail addresses and the like: not in rows unless named. */
  readonly isMultiField: boolean
  readonly isUserField: boolean
}

/** The fields of the entity that a list is about; `undefined` if nothing tells them. */
export type EntityFields = () => Promise<readonly EntityField[] | undefined>

/** Asks for the fields of a list's entity when they are first needed, and once. */
export function entityFields(
  caller: Caller,
  method: ListMethod,
  params: Params,
  signal: AbortSignal,
): EntityFields {
  let asked: ReturnType<EntityFields> | undefined
  return () => (asked ??= askFields(caller, method, params, signal))
}

async function askFields(
  caller: Caller,
  { api, fields }: ListMethod,
  params: Params,
  signal: AbortSignal,
): Promise<readonly EntityField[] | undefined> {
  if (fields === undefined) return undefined
  const needed = Object.fromEntries(fields.needs.map((name) => [name, params[name] ?? '']))
  const { result } = await caller.call(
    { api, method: fields.method, params: needed },
    { signal, expectedSeconds: 0.2 },
  )
  const map = fields.at === '' ? result : result.member(fields.at)
  if (map?.isArray === true) return listedFields(map)
  return [...(map?.members() ?? [])].map(({ name, value }) => ({
    name,
    isMultiField: value.member('type')?.text === 'crm_multifield',
    isUserField: /^(?:UF_|uf[A-Z])/.test(name),
  }))
}

/**
 * The fields as `OBJECT.field.list` of REST 3.0 has them. Things that the entity points to are left to be selected by name,
 * where the id of the thing is a field of its own: the portal would look each of them up.
 */
function listedFields(list: JsonText): EntityField[] {
  const listed = list.elements().map((field) => ({
    name: field.member('name')?.text ?? '',
    isObject: field.member('type')?.text === 'object',
  }))
  const names = new Set(listed.map(({ name }) => name))
  return listed
    .filter(({ name, isObject }) => name !== '' && !(isObject && names.has(`${name}Id`)))
    .map(({ name }) => ({ name, isMultiField: false, isUserField: /^(?:UF_|uf[A-Z])/.test(name) }))
}
