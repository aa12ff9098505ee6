import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'
import { environmentFor, redisProgram } from './redis-program.ts'
import { tempFolder } from './temp-folder.ts'

const program = await redisProgram()
/** Why there are no tests with a Redis server; `undefined` if there are. */
export const NO_REDIS = typeof program === 'string' ? program : undefined
if (NO_REDIS !== undefined) process.stderr.write(`\n*** TESTS WITH REDIS ARE SKIPPED: ${NO_REDIS} ***\n\n`)

export interface RedisServer {
  readonly port: number
  /** `redis://127.0.0.1:PORT/0` */
  readonly url: string
  /** Ends it at once, with all it knows unless it `isSaved`. */
  kill(): Promise<void>
  /** Starts it again. */
  start(): Promise<void>
  signal(name: NodeJS.Signals): void
}

export interface RedisWish {
  /** Whether it finds at its start what it knew when it was stopped. */
  readonly isSaved?: boolean
  readonly password?: string
  /** Paths of certificate and key, for TLS in place of plain connections. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** A Redis server of its own, gone when the test has finished. */
export async function startRedis({ isSaved = false, password, tls }: RedisWish = {}): Promise<RedisServer> {
  if (typeof program === 'string') throw new Error(program)
  const [port, dir] = [await freePort(), tempFolder()]
  const words = [
    ...(tls === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)]),
    ...(tls === undefined ? [] : ['--tls-cert-file', tls.cert, '--tls-key-file', tls.key]),
    ...(tls === undefined ? [] : ['--tls-ca-cert-file', tls.cert, '--tls-auth-clients', 'no']),
    ...['--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', isSaved ? 'yes' : 'no'],
    ...['--appendfsync', 'always', ...(password === undefined ? [] : ['--requirepass', password])],
  ]
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const start = async (): Promise<void> => {
    child = spawn(program.path, words, {
      argv0: 'redis-server',
      env: environmentFor(program),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await says(child, 'Ready to accept connections')
  }
  onTestFinished(kill)
  await start()
  return { port, url: `redis://127.0.0.1:${port}/0`, kill, start, signal: (name) => void child?.kill(name) }
}

async function says(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      if (said.includes(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`the Redis server has ended: ${said}`)))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
