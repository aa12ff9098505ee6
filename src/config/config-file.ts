import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../errors.ts'
import { JsonText } from '../protocol/json-text.ts'
import { checkKeys, holdsWebhook, namesCommand } from './file-keys.ts'
import {
  type FileOwner,
  type OwnerRules,
  refuseForeign,
  refuseReadable,
  refuseWritable,
} from './file-owner.ts'
import { holdsPassword } from './redis.ts'
import type { FileValues } from './settings.ts'

export type FileFormat = 'json' | 'yaml' | 'either'

export interface FileRules extends OwnerRules {
  /** Keys of settings that the file may hold. */
  readonly settings: readonly string[]
  /** Whether it is the user's own: credentials by command and profiles stand there and nowhere else. */
  readonly isUsers: boolean
}

/** What an editor looks for in a JSON file; it says nothing to us. */
export const SCHEMA_KEY = '$schema'

/** Far above any configuration; what is larger is something else, by mistake or by intent. */
const MAX_BYTES = 256 * 1024

/**
 * Reads a configuration file; `undefined` if there is none. JSON or YAML, never code: a tool that holds a credential
 * must not run what lies about.
 *
 * @throws ConfigError if it cannot be read, belongs to somebody else, may be written by everybody, is neither JSON nor
 * YAML, holds a key that is not known, or holds a webhook that others may read
 */
export async function readConfigFile(
  path: string,
  format: FileFormat,
  rules: FileRules,
): Promise<FileValues | undefined> {
  const file = readIfThere(path)
  if (file === undefined) return undefined
  refuseForeign(path, file, rules)
  const values = withoutSchema(await parse(path, file.text, format))
  checkKeys(path, values, rules)
  if (holdsWebhook(values)) refuseReadable(path, file, rules)
  if (holdsPassword(values)) refuseReadable(path, file, rules, 'a password')
  if (namesCommand(values)) refuseWritable(path, file, rules)
  return { path, folder: dirname(path), values }
}

function withoutSchema(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== SCHEMA_KEY))
}

/** In one go, since to load what reads without waiting takes longer than to read files that are as small. */
function readIfThere(path: string): ({ text: string } & FileOwner) | undefined {
  try {
    // Looked at first: to open a FIFO would wait for whoever writes to it.
    const stats = statSync(path)
    if (!stats.isFile()) throw new ConfigError('unreadable', `${path} is ${kindOf(stats)}, not a file.`)
    if (stats.size > MAX_BYTES) {
      const kilobytes = Math.round(stats.size / 1024)
      throw new ConfigError('malformed', `${path} is too large for a configuration (${kilobytes} KB).`)
    }
    return { text: readFileSync(path, 'utf8'), mode: stats.mode, uid: stats.uid }
  } catch (error: unknown) {
    if (error instanceof ConfigError) throw error
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    // ENOTDIR: a file stands where a folder on the way should be, so that there is nothing behind it. A link that leads
    // nowhere is something else: what it should lead to, such as a volume, is missing.
    if (code === 'ENOENT' && isLink(path)) {
      throw new ConfigError('unreadable', `Cannot read ${path}: it is a link that leads nowhere.`)
    }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ConfigError('unreadable', `Cannot read ${path}: ${code}.`)
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function kindOf(stats: { isDirectory(): boolean }): string {
  return stats.isDirectory() ? 'a folder' : 'something special'
}

async function parse(path: string, text: string, format: FileFormat): Promise<Record<string, unknown>> {
  // Loaded here, so that a run without a configuration file does not pay for it.
  const { defaultLoadersSync } = await import('cosmiconfig')
  const isJson = format === 'json' || (format === 'either' && /^\s*[{[]/.test(text))
  const content = text.replace(/^\uFEFF/, '')
  if (!isJson && /^\s*(['"]?)<<\1\s*:/m.test(content)) {
    // A merge would bring in values under a key that is not known.
    throw new ConfigError('unknown-key', `${path} holds the unknown key "<<".`, EXAMPLE_HINT)
  }
  let parsed: unknown
  try {
    parsed = defaultLoadersSync[isJson ? '.json' : '.yaml'](path, content)
  } catch (error: unknown) {
    // The loader's own message quotes the file, and the file may hold a webhook.
    const at = isJson ? '' : lineOf(error)
    if ((error as { reason?: unknown }).reason === 'duplicated mapping key') {
      throw new ConfigError('malformed', `${path} has a key twice${at}.`, EXAMPLE_HINT)
    }
    throw new ConfigError('malformed', `${path} is not valid ${isJson ? 'JSON' : 'YAML'}${at}.`, EXAMPLE_HINT)
  }
  if (isJson) refuseTwice(path, content)
  if (parsed === null || parsed === undefined) return {}
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new ConfigError('malformed', `${path} must hold keys and values.`, EXAMPLE_HINT)
  }
  return { ...parsed }
}

/** Of two the last would win; a loader for JSON does not tell. */
function refuseTwice(path: string, content: string): void {
  const names = [...JsonText.of(Buffer.from(content)).members()].map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new ConfigError('malformed', `${path} has the key ${JSON.stringify(twice)} twice.`, EXAMPLE_HINT)
}

const EXAMPLE_HINT = 'A file with every key stands in the package as .bitrixrc.example.'

function lineOf(error: unknown): string {
  const line = (error as { mark?: { line?: unknown } }).mark?.line
  return typeof line === 'number' ? `: line ${line + 1}` : ''
}
