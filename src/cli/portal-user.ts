import type { JsonText } from '../protocol/json-text.ts'
import { cleanText } from './clean-text.ts'

/** As whom the portal sees a credential; `undefined` where it does not say. */
export interface PortalUser {
  readonly id: string | undefined
  readonly name: string | undefined
  /** Others see fewer rows, without a word. */
  readonly isAdmin: boolean
}

/** Reads what `profile` answers. */
export function portalUser(profile: JsonText | undefined): PortalUser {
  const text = (name: string): string | undefined => {
    const value = profile?.member(name)
    const read = value === undefined ? undefined : (JSON.parse(value.toString()) as unknown)
    return typeof read === 'string' || typeof read === 'number' ? cleanText(String(read)) : undefined
  }
  const name = [text('NAME'), text('LAST_NAME')].filter((part) => part !== undefined && part !== '').join(' ')
  return {
    id: text('ID'),
    name: name === '' ? undefined : name,
    isAdmin: profile?.member('ADMIN')?.toString() === 'true',
  }
}

/** `Анна Иванова (1)` */
export function userText({ id, name }: PortalUser): string {
  return name === undefined ? `user ${id ?? '?'}` : `${name} (${id ?? '?'})`
}

/** Reads what `scope` answers. */
export function scopesIn(scope: JsonText | undefined): string[] {
  const read = scope === undefined ? [] : (JSON.parse(scope.toString()) as unknown)
  return Array.isArray(read) ? read.map((one) => cleanText(String(one))) : []
}
