import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { binWords, endOf, startNode } from '../bench/child.ts'
import { withFolder } from '../bench/scratch.ts'
import { oauthEnv, signedIn } from '../support/oauth-env.ts'
import { randomOf } from '../support/random.ts'

export interface KilledRefresh {
  /** What the sandbox does with a refresh token that was used. */
  readonly reading: 'dead' | 'grace' | 'until-used' | 'alive'
  readonly kills: number
  readonly seed: number
}

export interface KilledRefreshRun {
  readonly kills: number
  /** Kills behind the issue of a new pair and before its answer was sent, and behind that. */
  readonly beforeAnswer: number
  readonly behindAnswer: number
  /** How often the next run had to sign in again. */
  readonly lockouts: number
  readonly faults: readonly string[]
}

/** Between the issue of a pair and the answer with it, ms. */
const TOKEN_MS = 40
/** Kills come up to so long after the portal was asked for tokens. */
const LATEST_MS = 150

/**
 * Has the access refused again and again, and kills the process that renews it at random moments behind the one at which
 * the portal was asked. The run after it must go well, or may be locked out only if the answer could not reach the one
 * that was killed.
 */
export async function killedRefresh(plan: KilledRefresh): Promise<KilledRefreshRun> {
  const settings = {
    plan: 'box',
    rows: '10',
    reading: `old-refresh=${plan.reading}`,
    'token-ms': String(TOKEN_MS),
  }
  const sandbox = await startSandbox(sandboxSettings(settings))
  try {
    return await withFolder((folder) => new KilledRefreshes(plan, sandbox, folder).run())
  } finally {
    await sandbox.close()
  }
}

class KilledRefreshes {
  readonly #plan: KilledRefresh
  readonly #sandbox: Sandbox
  readonly #folder: string
  readonly #env: Readonly<Record<string, string>>
  readonly #faults: string[] = []
  #onAsked: () => void = () => undefined
  #beforeAnswer = 0
  #behindAnswer = 0
  #lockouts = 0

  constructor(plan: KilledRefresh, sandbox: Sandbox, folder: string) {
    this.#plan = plan
    this.#sandbox = sandbox
    this.#folder = folder
    this.#env = { ...oauthEnv(sandbox, folder), BX24_STATE_DIR: join(folder, 'state') }
    const { portal } = sandbox
    const handle = portal.handle.bind(portal)
    portal.handle = (request) => {
      const answer = handle(request)
      if (request.path.startsWith('/oauth/token')) this.#onAsked()
      return answer
    }
  }

  async run(): Promise<KilledRefreshRun> {
    const chance = randomOf(this.#plan.seed)
    await this.#goOn(false)
    let kills = 0
    while (kills < this.#plan.kills && this.#faults.length === 0) {
      const issuedBefore = this.#issued()
      const killedAt = await this.#killed(chance() * LATEST_MS)
      if (killedAt === undefined) continue
      kills++
      const mayBeLost = this.#mayBeLost(issuedBefore, killedAt)
      await this.#goOn(this.#plan.reading === 'dead' && mayBeLost)
    }
    const [beforeAnswer, behindAnswer, lockouts] = [this.#beforeAnswer, this.#behindAnswer, this.#lockouts]
    return { kills, beforeAnswer, behindAnswer, lockouts, faults: this.#faults }
  }

  /** A run whose access is refused, killed so long after it asked for new; `undefined` if it had ended by then. */
  async #killed(ms: number): Promise<number | undefined> {
    const child = this.#start()
    const ended = endOf(child, 60_000)
    let killedAt: number | undefined
    const asked = new Promise<void>((resolve) => {
      this.#onAsked = () => resolve()
    })
    await Promise.race([asked, ended])
    await Promise.race([pause(ms), ended])
    if (child.exitCode === null && child.kill('SIGKILL')) killedAt = Date.now()
    const { signal } = await ended
    return signal === 'SIGKILL' ? killedAt : undefined
  }

  #issued(): number {
    return this.#sandbox.portal.oauth.events.length
  }

  /** Whether a pair was issued whose answer can have come too late for the process that was killed. */
  #mayBeLost(issuedBefore: number, killedAt: number): boolean {
    const latest = this.#sandbox.portal.oauth.events.slice(issuedBefore).at(-1)
    if (latest?.kind !== 'refresh') return false
    if (latest.sentAt === undefined || latest.sentAt > killedAt) this.#beforeAnswer++
    else this.#behindAnswer++
    // The program ends the connection when what came over it is safe; without that the answer may have been on its way.
    return latest.closedAt === undefined || latest.closedAt >= killedAt
  }

  /** The run after a kill, undisturbed. */
  async #goOn(mayBeLockedOut: boolean): Promise<void> {
    const { code, stderr } = await endOf(this.#start(), 60_000)
    if (code === 0) {
      const left = readdirSync(join(this.#folder, 'state', 'tokens'))
      if (left.length !== 1) this.#faults.push(`left behind: ${left.join(', ')}`)
      return
    }
    if (code !== 4 || !stderr.includes('Sign in again')) {
      this.#faults.push(`ended with ${code ?? '?'}: ${stderr}`)
      return
    }
    this.#lockouts++
    if (!mayBeLockedOut) this.#faults.push(`locked out although the answer had come: ${stderr}`)
    const tokenFile = join(this.#folder, 'refresh-token')
    const old = readFileSync(tokenFile, 'utf8')
    writeFileSync(tokenFile, signedIn(this.#sandbox).refresh_token)
    const again = await endOf(this.#start(), 60_000)
    if (again.code !== 0)
      this.#faults.push(
        `ended with ${again.code ?? '?'} after ${old.length} bytes were replaced: ${again.stderr}`,
      )
  }

  /** Each run finds its access expired. */
  #start(): ReturnType<typeof startNode> {
    this.#sandbox.portal.inspect({ method: 'POST', path: '/_sandbox/faults?fault=expired-token@1' })
    this.#onAsked = () => undefined
    return startNode(binWords('raw', 'profile', '--plan', 'box'), this.#folder, this.#env, [
      'ignore',
      'ignore',
      'pipe',
    ])
  }
}
