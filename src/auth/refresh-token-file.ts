import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../errors.ts'
import { fingerprint } from '../lib/fingerprint.ts'
import { makeFolder } from '../lib/make-folder.ts'
import { completeReplacement, openReplacement, type Replacement } from '../lib/replace-file.ts'
import { Secret } from '../lib/secret.ts'
import { systemCode } from '../lib/system-code.ts'
import { type TokenJson, tokenJson, tokensFrom } from './token-json.ts'
import { whileLocked } from './token-lock.ts'
import type { OAuthTokens, TokenStore } from './token-store.ts'

export interface RefreshTokenFileOptions {
  /** Holds the refresh token and nothing else. */
  readonly path: string
  /** Where the pair of the last refresh is kept, for this user alone; `undefined` if there is no place for it. */
  readonly pairPath: string | undefined
  /** What the token is for, as long as no pair says more. */
  readonly clientEndpoint: string
  readonly serverEndpoint: string
  readonly pid: number
  /** Whether the bits of a file's mode mean what they say. */
  readonly modesMatter: boolean
  /** Hears, once, that the file could not be rewritten and where the new pair is instead. */
  readonly tell: (message: string) => void
  /** Hears, once, that a new pair could be kept nowhere. */
  readonly warn: (message: string) => void
}

interface Pair {
  readonly version: 1
  /** Tells which text of the file the pair was made from, without showing it. */
  readonly from: string
  readonly tokens: TokenJson
}

/**
 * Tokens that begin with a file of one refresh token, as containers are given them. After a refresh the pair is kept
 * beside, and the file is rewritten if that can be done. As long as the file holds what the pair was made from, or its own
 * refresh token, the pair is the newer one; any other text was put there by somebody, and counts.
 */
export function refreshTokenFile(options: RefreshTokenFileOptions): TokenStore {
  const { path, pairPath, pid, tell, warn } = options
  /** The last pair of this process, in case that it could be kept nowhere. */
  let own: { readonly from: string; readonly tokens: OAuthTokens } | undefined
  const told = new Set<string>()
  const once = (say: (message: string) => void, message: string): void => {
    if (!told.has(message)) say(message)
    told.add(message)
  }

  function current(): { readonly from: string; readonly tokens: OAuthTokens } {
    const text = readToken(options)
    const from = fingerprint(text)
    for (const pair of [pairPath === undefined ? undefined : readPair(pairPath, options), own]) {
      if (pair === undefined) continue
      const isOfThisText = pair.from === from || pair.tokens.refreshToken?.reveal() === text
      // Whatever comes of it next is made from what the file holds now.
      if (isOfThisText) return { from, tokens: pair.tokens }
    }
    const { clientEndpoint, serverEndpoint } = options
    const refreshToken = new Secret(text)
    return { from, tokens: { accessToken: undefined, refreshToken, clientEndpoint, serverEndpoint } }
  }

  /** First beside, then in the file: whoever is killed in between leaves a pair that was made from what the file holds. */
  function keep(places: Places, from: string, tokens: OAuthTokens): void {
    own = { from, tokens }
    const pair: Pair = { version: 1, from, tokens: tokenJson(tokens) }
    const isPairKept = written(places.pair, pairPath, `${JSON.stringify(pair)}\n`)
    const token = tokens.refreshToken?.reveal() ?? ''
    const isRotated = fingerprint(token) !== from
    const isFileKept = isRotated && written(places.file, path, `${token}\n`)
    if (!isRotated || isFileKept) return
    if (isPairKept) once(tell, `${path} cannot be rewritten; the new tokens are in ${pairPath ?? ''}`)
    else
      once(
        warn,
        `the new refresh token can be kept neither in ${path} nor in the state folder; the next run may have to sign in again.`,
      )
  }

  return {
    name: path,
    read: () => Promise.resolve(current().tokens),
    async update(renew, signal) {
      const isPairPlace = pairPath !== undefined && madeFolder(dirname(pairPath))
      const work = async (): Promise<OAuthTokens> => {
        if (isPairPlace) completed(pairPath, (text) => pairIn(text) !== undefined)
        else completed(path, (text) => /^\S+\n/.test(text))
        const { from, tokens } = current()
        const places = {
          pair: isPairPlace ? opened(pairPath) : undefined,
          file: opened(path),
        }
        try {
          const fresh = await renew(tokens)
          if (fresh !== tokens) keep(places, from, fresh)
          return fresh
        } finally {
          places.pair?.drop()
          places.file?.drop()
        }
      }
      // Without a place for the pair others could not be kept out, nor would they learn of it.
      return isPairPlace ? whileLocked(pairPath, pid, signal, work) : work()
    },
  }
}

interface Places {
  readonly pair: Replacement | undefined
  readonly file: Replacement | undefined
}

function readToken({ path, modesMatter }: RefreshTokenFileOptions): string {
  try {
    const { mode } = statSync(path)
    // Containers mount secrets readable by all; writable it would choose whose portal is read.
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'refresh-token-file-exposed',
        `BX24_REFRESH_TOKEN_FILE names ${path}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    const text = readFileSync(path, 'utf8').trim()
    if (text !== '') return text
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined || error instanceof ConfigError) throw error
    throw new ConfigError(
      'unreadable',
      `BX24_REFRESH_TOKEN_FILE names ${path}, which cannot be read: ${code}.`,
    )
  }
  throw new ConfigError('refresh-token-missing', `BX24_REFRESH_TOKEN_FILE names ${path}, which is empty.`)
}

/** A pair of this user's own making; a damaged one is as good as none. */
function readPair(
  path: string,
  { modesMatter, clientEndpoint }: RefreshTokenFileOptions,
): { readonly from: string; readonly tokens: OAuthTokens } | undefined {
  try {
    if (modesMatter && (statSync(path).mode & 0o077) !== 0) return undefined
    const pair = pairIn(readFileSync(path, 'utf8'))
    if (pair === undefined) return undefined
    const { from, tokens } = pair
    return { from, tokens: tokens.memberId === undefined ? { ...tokens, clientEndpoint } : tokens }
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

function pairIn(text: string): { readonly from: string; readonly tokens: OAuthTokens } | undefined {
  let json: Partial<Pair> | null
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    return undefined
  }
  const { version, from, tokens } = json ?? {}
  const found = tokensFrom(tokens)
  return version === 1 && typeof from === 'string' && found !== undefined
    ? { from, tokens: found }
    : undefined
}

/** What a process that was killed has left behind whole, takes its place. */
function completed(path: string, isWhole: (text: string) => boolean): void {
  try {
    completeReplacement(path, isWhole)
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
  }
}

function madeFolder(path: string): boolean {
  try {
    makeFolder(path)
    return true
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}

function opened(path: string): Replacement | undefined {
  try {
    return openReplacement(path)
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

/** Whether it is on the disk now. A file that is mounted by itself can be written, but not replaced. */
function written(place: Replacement | undefined, path: string | undefined, text: string): boolean {
  if (path === undefined) return false
  try {
    if (place === undefined) overwrite(path, text)
    else place.put(text)
    return true
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return place !== undefined && code === 'EBUSY' && written(undefined, path, text)
  }
}

/** What is longer than the new text is filled up, since a file that is emptied first may stay so. */
function overwrite(path: string, text: string): void {
  writeFileSync(path, text.padEnd(statSync(path).size, '\n'), { flag: 'r+', flush: true })
}
