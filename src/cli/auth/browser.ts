import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { SignInError, UsageError } from '../../errors.ts'
import { abortable } from '../../lib/abortable.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Context } from '../context.ts'
import { codeInQuery } from './oauth-code.ts'

/** A person reads, signs in, and looks for the telephone with the second factor. */
const PATIENCE_MS = 5 * 60_000

export interface BrowserSignIn {
  /** To be opened. */
  readonly address: string
  readonly state: string
  /** Where the browser comes back to. */
  readonly port: number
}

/**
 * Opens a browser and waits, on this machine's own address only, until it comes back with a code.
 *
 * @throws UsageError if the port is taken; SignInError if nobody comes, or the user says no
 */
export async function codeFromBrowser(
  { address, state, port }: BrowserSignIn,
  { messages, signal, environment }: Context,
): Promise<Secret> {
  const server = createServer()
  const back = comesBack(server, state)
  await listen(server, port)
  const timer = AbortSignal.timeout(PATIENCE_MS)
  try {
    messages.printText(
      'open',
      `Let the application in, in the browser; if none opens, open this address:\n  ${address}\n` +
        `(the application's address on the portal must be http://localhost:${port}/; on a machine without a browser ` +
        'use --no-browser)',
    )
    openBrowser(address, environment)
    return await abortable(back, AbortSignal.any([signal, timer]))
  } catch (error: unknown) {
    if (!timer.aborted || signal.aborted) throw error
    throw new SignInError('expired', `Nobody came back from the browser in ${PATIENCE_MS / 60_000} minutes.`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UsageError(
          'port',
          `The browser cannot come back to port ${port}: ${error.code ?? error.message}.`,
          'Take another with --port, which is then in the address of the application on the portal, or --no-browser.',
        ),
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** The code of the first visit that has one; what else asks here gets nothing. */
function comesBack(server: Server, state: string): Promise<Secret> {
  return new Promise((resolve, reject) => {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      if (
        request.method !== 'GET' ||
        pathname !== '/' ||
        !(searchParams.has('code') || searchParams.has('error'))
      ) {
        response.writeHead(404).end()
        return
      }
      try {
        const code = codeInQuery(searchParams, state)
        page(response, 200, 'Signed in. You can close this window.')
        resolve(code)
      } catch (error: unknown) {
        page(response, 400, 'This did not work; the terminal says why.')
        // Somebody else's visit must not end our sign-in.
        if (error instanceof SignInError && searchParams.get('state') === state) reject(error)
      }
    })
  })
}

/** Text alone: nothing of the address is repeated. */
function page(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    .end(`${text}\n`)
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Without a browser the address on the screen has to do. The address is ours, and no shell sees it. */
function openBrowser(address: string, environment: Context['environment']): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true, env: environment })
  child.once('error', () => undefined)
  child.unref()
}
