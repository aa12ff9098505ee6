import type { Portal } from '../../src/sandbox/portal.ts'

/** A request as the portal saw it come and go. */
export interface SeenRequest {
  /** The commands of a batch as they came, or the body of a direct call. */
  readonly commands: readonly string[]
  readonly startedAt: number
  /** `undefined` while it is worked on. */
  endedAt: number | undefined
  answer: string
}

/** Takes down all that reaches the portal from now on, in the order in which it comes. */
export function watched(portal: Portal): readonly SeenRequest[] {
  const seen: SeenRequest[] = []
  const handle = portal.handle.bind(portal)
  portal.handle = async (request) => {
    // Whoever looks whether the portal is up asks for nothing of the run.
    if (request.path.startsWith('/_sandbox/') || request.path.includes('/server.time')) return handle(request)
    const commands = commandsIn(request.path, request.body.toString())
    const one: SeenRequest = { commands, startedAt: Date.now(), endedAt: undefined, answer: '' }
    seen.push(one)
    const answer = await handle(request)
    one.endedAt = Date.now()
    one.answer = answer.body.toString()
    return answer
  }
  return seen
}

function commandsIn(path: string, body: string): string[] {
  if (!/\/batch(\.json)?$/.test(path)) return [body]
  const { cmd } = JSON.parse(body) as { cmd: Readonly<Record<string, string>> }
  return Object.values(cmd)
}
