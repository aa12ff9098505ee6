import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { readAuthorities } from '../../config/authorities.ts'
import { text } from '../../config/values.ts'
import { emptyDocument } from '../../engine/ledger/document.ts'
import { ledgerName, readLedgerFile } from '../../engine/ledger/ledger-file.ts'
import { lookAtRedis } from '../../engine/redis/load.ts'
import { ConfigError } from '../../errors.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { OPERATING_SECONDS } from '../../protocol/limits.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { limitsText, type PortalLimits, portalLimits } from '../limits-report.ts'
import { loadSettings, type LoadedSettings } from '../load-settings.ts'
import { portalOf } from '../portal-of.ts'
import { ledgersOf } from '../open-ledger.ts'

export const LIMITS = {
  name: 'limits',
  summary: 'Show how much of its limits a portal has left, and who waits',
  description:
    'It is what the programs of this user on this machine know together, or with --redis those of all machines; ' +
    'nothing is sent. ' +
    'Without PORTAL it is the portal of the webhook or, if there is no webhook, every portal that is known.',
  argument: {
    name: 'PORTAL',
    description: 'host of the portal, such as example.bitrix24.com',
    isOptional: true,
  },
  examples: [
    { does: 'why a job waits, and until when', command: 'bx24 limits' },
    { does: 'the same for a program', command: 'bx24 limits --json' },
  ],
  options: {
    json: { description: 'as one JSON object', group: 'On the terminal', parse: text },
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface LimitsOptions {
  readonly portal: string | undefined
  readonly json: boolean
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerLimits(program: Command, context: Context, run = runLimits): void {
  addCommand(program, LIMITS).action(
    async (portal: string | undefined, _given: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Record<string, unknown>>()
      await run({ portal, json: flags['json'] === true, flags }, context)
    },
  )
}

/** Shows what the ledgers say. */
export async function runLimits({ portal, json, flags }: LimitsOptions, context: Context): Promise<void> {
  const settings = await loadSettings(flags, context)
  const { values } = settings
  const folder = ledgersOf(values, context)
  const now = context.now()
  const wanted = portal ?? (await hostOfPortal(settings, context))
  const shared = values.redis === undefined ? undefined : await portalsInRedis(settings, wanted, now, context)
  const known = shared ?? (await portalsIn(folder, wanted, now, context))
  const portals =
    known.length === 0 && wanted !== undefined ? [portalLimits(wanted, emptyDocument(), now)] : known
  const { stdout } = context
  const redis = shared === undefined ? null : (values.redis?.shown ?? null)
  if (json)
    await writeToStream(stdout, `${JSON.stringify({ folder: folder ?? null, redis, portals }, null, 2)}\n`)
  else if (portals.length === 0) await writeToStream(stdout, 'No portal is known yet.\n')
  else await writeToStream(stdout, limitsText(portals, OPERATING_SECONDS[values.plan], now))
}

async function portalsIn(
  folder: string | undefined,
  wanted: string | undefined,
  now: number,
  context: Context,
): Promise<PortalLimits[]> {
  const names = folder === undefined ? [] : await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.json') && (wanted === undefined || name === ledgerName(wanted)))
    .sort()
    .map((name) => portalIn(join(folder ?? '', name), now, context))
    .filter((one) => one !== undefined)
}

/** `undefined` if Redis cannot be used. @throws ConfigError */
async function portalsInRedis(
  { values: { redis, caFile } }: LoadedSettings,
  wanted: string | undefined,
  now: number,
  { messages }: Context,
): Promise<PortalLimits[] | undefined> {
  if (redis === undefined) return undefined
  const authorities = caFile === undefined ? [] : await readAuthorities(caFile)
  try {
    const found = await lookAtRedis({ address: redis, authorities }, wanted)
    return found.map(({ host, document, machines }) => portalLimits(host, document, now, machines))
  } catch (error: unknown) {
    if (error instanceof ConfigError) throw error
    const why = (error as Error).message
    messages.warn(`Redis at ${redis.shown} cannot be used: ${why}. This is what this machine knows.`)
    return undefined
  }
}

async function hostOfPortal(
  { values, portal: { source } }: LoadedSettings,
  context: Context,
): Promise<string | undefined> {
  return source && (await portalOf(source, values, context))?.host
}

function portalIn(path: string, now: number, { messages }: Context): PortalLimits | undefined {
  let why = 'it is damaged; the next run begins it anew'
  try {
    const found = readLedgerFile(path)
    if (found === undefined) return undefined
    if (typeof found === 'object') return portalLimits(found.host, found, now)
    if (found === 'newer') why = 'it is of another version of bx24'
  } catch (error: unknown) {
    why = (error as Error).message
  }
  messages.warn(`${path} cannot be read: ${why}.`)
  return undefined
}
