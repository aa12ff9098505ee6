import type { FaultDice } from './faults.ts'
import { type TextAnswer, jsonLines, log, plainText, truth } from './introspection.ts'
import type { Journal } from './journal.ts'
import type { SandboxStats } from './ledger.ts'
import type { OAuthServer } from './oauth/oauth-server.ts'
import type { PortalRequest } from './request.ts'
import { SandboxSettingError } from './setting-values.ts'
import { faultRules } from './settings.ts'
import type { World } from './world.ts'

const INTROSPECTION = '/_sandbox/'

export type InspectedRequest = Pick<PortalRequest, 'method' | 'path'> &
  Partial<Pick<PortalRequest, 'headers'>>

/** What of a portal is looked at and changed from outside of its API. */
interface Inside {
  readonly world: World
  readonly stats: SandboxStats
  readonly journal: Journal
  readonly faults: FaultDice
  readonly oauth: OAuthServer
}

/** Answers `/_sandbox/...`. */
export class Inspector {
  readonly #inside: Inside

  constructor(inside: Inside) {
    this.#inside = inside
  }

  /** Undefined for other addresses. */
  inspect({ method, path, headers }: InspectedRequest): TextAnswer | undefined {
    if (!path.startsWith(INTROSPECTION)) return undefined
    const { world, stats, journal, oauth } = this.#inside
    const host = headers?.['host'] ?? 'sandbox'
    const { pathname, search, searchParams } = new URL(path, 'http://sandbox')
    switch (`${method} ${pathname.slice(INTROSPECTION.length)}`) {
      case 'GET stats':
        return { ...plainText(200, `${JSON.stringify(stats, null, 2)}\n`), contentType: 'application/json' }
      case 'GET truth':
        return truth(world, search.slice(1))
      case 'GET log':
        return log(journal, searchParams.get('kind'))
      case 'GET tokens':
        return jsonLines(oauth.events)
      case 'POST sign-in':
        return jsonLines([oauth.signIn(host)])
      case 'POST revoke':
        oauth.revoke()
        return plainText(200, 'ok\n')
      case 'POST faults':
        return this.#replaceFaults(searchParams.getAll('fault'))
      default:
        return plainText(404, 'known are GET stats, truth, log, tokens and POST faults, sign-in, revoke\n')
    }
  }

  #replaceFaults(texts: readonly string[]): TextAnswer {
    try {
      this.#inside.faults.replace(faultRules(texts))
      return plainText(200, 'ok\n')
    } catch (error) {
      if (error instanceof SandboxSettingError) return plainText(400, `${error.message}\n`)
      throw error
    }
  }
}
