import { spawn } from 'node:child_process'
import { ConfigError, SignInError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { clientEndpointOf } from './portal-addresses.ts'

/** What a program has printed: a webhook, or a token of a portal. */
export type PrintedCredential =
  | { readonly kind: 'webhook'; readonly webhook: Secret }
  | {
      readonly kind: 'token'
      /** Address of the portal's REST API, `https://HOST/rest/`. */
      readonly endpoint: string
      readonly accessToken: Secret
    }

export interface CommandOptions {
  readonly words: readonly [string, ...string[]]
  /** Where it runs. */
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Who names it, for messages. */
  readonly named: string
  readonly signal: AbortSignal
}

/** A person may have to open a store of passwords for it. */
const PATIENCE_MS = 120_000

/** Far more than a token has. */
const MOST_BYTES = 64 * 1024

/**
 * Runs the program, without a shell, and reads what it prints: the webhook alone, or JSON with `webhook`, or with
 * `access_token` and `client_endpoint` (or `portal`, or `domain`). Its standard error is ours, so that it can ask.
 *
 * @throws SignInError if it fails, takes too long, or prints something else; never with what it printed
 */
export async function printedCredential(options: CommandOptions): Promise<PrintedCredential> {
  const text = await printed(options)
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) {
    if (/^https?:\/\/\S+$/.test(trimmed)) return { kind: 'webhook', webhook: new Secret(trimmed) }
    throw failed(options, 'prints neither a webhook nor a JSON object')
  }
  let parsed: Readonly<Record<string, unknown>>
  try {
    parsed = JSON.parse(trimmed) as Readonly<Record<string, unknown>>
  } catch {
    throw failed(options, 'prints something that is not valid JSON')
  }
  const one = (name: string): string | undefined => {
    const value = parsed[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const webhook = one('webhook')
  if (webhook !== undefined) return { kind: 'webhook', webhook: new Secret(webhook) }
  const token = one('access_token')
  if (token === undefined) throw failed(options, 'prints JSON with neither "webhook" nor "access_token"')
  const host = one('portal') ?? one('domain')
  const endpoint = clientEndpointOf(one('client_endpoint') ?? host ?? '')
  if (endpoint === undefined) {
    throw failed(
      options,
      'prints a token, and no "portal" (or "client_endpoint") with an https address for it',
    )
  }
  return { kind: 'token', endpoint, accessToken: new Secret(token) }
}

function printed(options: CommandOptions): Promise<string> {
  const { words, cwd, environment, signal } = options
  const [program, ...args] = words
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    const child = spawn(program, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
      signal: AbortSignal.any([signal, deadline]),
      windowsHide: true,
    })
    const pieces: Buffer[] = []
    let bytes = 0
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes <= MOST_BYTES) pieces.push(piece)
      else child.kill()
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(signal.reason as Error)
      else if (deadline.aborted) reject(failed(options, `has printed nothing after ${PATIENCE_MS / 1_000} s`))
      else reject(notStarted(options, error.code ?? 'unknown reason'))
    })
    child.on('close', (code, killed) => {
      if (bytes > MOST_BYTES) reject(failed(options, 'prints more than a credential'))
      else if (code === 0) resolve(Buffer.concat(pieces).toString('utf8'))
      else
        reject(failed(options, `ended with ${code === null ? (killed ?? 'a signal') : `exit code ${code}`}`))
    })
  })
}

function failed({ words: [program], named }: CommandOptions, how: string): SignInError {
  return new SignInError(
    'command',
    `${program}, the credentialCommand in ${named}, ${how}.`,
    'Run it by hand: it must print the webhook, or JSON with webhook or access_token.',
  )
}

function notStarted({ words: [program], named }: CommandOptions, why: string): ConfigError {
  return new ConfigError(
    'credential-command',
    `${program}, the credentialCommand in ${named}, cannot be started: ${why}.`,
    'It is started without a shell: the first text is the program, the others are its arguments.',
  )
}
