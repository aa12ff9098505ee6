import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../errors.ts'
import { nearest } from './nearest.ts'

export const RC_NAME = '.bitrixrc'

/** What a configuration file holds, by key; not yet read as values. */
export interface RcFile {
  readonly path: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface RcSurroundings {
  /** The working folder, the only place that is looked at. */
  readonly cwd: string
  /** Whether the bits of a file's mode mean what they say (not so on Windows). */
  readonly modesMatter: boolean
}

/**
 * Reads `.bitrixrc` of the working folder; `undefined` if there is none. JSON or YAML, never code, and no other folder
 * and no other name is looked at: a tool that holds a credential must not run what lies about.
 *
 * @throws ConfigError if it cannot be read, is neither JSON nor YAML, holds a key not in `known`, or holds a webhook
 * that others may read
 */
export async function readRcFile(
  { cwd, modesMatter }: RcSurroundings,
  known: readonly string[],
): Promise<RcFile | undefined> {
  const path = join(cwd, RC_NAME)
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const values = await parse(path, text)
  for (const key of Object.keys(values)) {
    if (!known.includes(key)) throw unknownKey(path, key, known)
  }
  if (values['webhook'] !== undefined && modesMatter) await refuseIfOthersMayRead(path)
  return { path, values }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError('unreadable', `Cannot read ${path}: ${code ?? 'unknown reason'}.`)
  }
}

async function parse(path: string, text: string): Promise<Record<string, unknown>> {
  // Loaded here, so that a run without a configuration file does not pay for it.
  const { defaultLoadersSync } = await import('cosmiconfig')
  const isJson = /^\s*[{[]/.test(text)
  let parsed: unknown
  try {
    parsed = defaultLoadersSync[isJson ? '.json' : '.yaml'](path, text)
  } catch (error: unknown) {
    // The loader's own message quotes the file, and the file may hold a webhook.
    const at = isJson ? '' : lineOf(error)
    throw new ConfigError('malformed', `${path} is not valid ${isJson ? 'JSON' : 'YAML'}${at}.`, EXAMPLE_HINT)
  }
  if (parsed === null || parsed === undefined) return {}
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new ConfigError('malformed', `${path} must hold keys and values.`, EXAMPLE_HINT)
  }
  return { ...parsed }
}

const EXAMPLE_HINT = 'A file with every key stands in the package as .bitrixrc.example.'

function lineOf(error: unknown): string {
  const line = (error as { mark?: { line?: unknown } }).mark?.line
  return typeof line === 'number' ? `: line ${line + 1}` : ''
}

function unknownKey(path: string, key: string, known: readonly string[]): ConfigError {
  const meant = nearest(key, known)
  const hint = meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${meant}?`
  return new ConfigError('unknown-key', `${path} holds the unknown key ${JSON.stringify(key)}.`, hint)
}

async function refuseIfOthersMayRead(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  throw new ConfigError(
    'exposed',
    `${path} holds a webhook and is open to other users (mode ${(mode & 0o777).toString(8)}).`,
    `Close it with: chmod 600 ${path}`,
  )
}
