import { type Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { UsageError } from '../../errors.ts'
import { checkRequest } from '../../operations/extract.ts'
import { openDestination } from '../../output/open-destination.ts'
import { limitsFor } from '../../protocol/limits.ts'
import { abortable } from '../abortable.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { type Context } from '../context.ts'
import { fetchRows } from '../fetch-rows.ts'
import { inputFiles } from '../input-files.ts'
import { keepRows } from '../keep-rows.ts'
import { loadSettings } from '../load-settings.ts'
import { openPortal } from '../open-portal.ts'
import { RUN_OPTIONS } from '../options.ts'
import { readParameters } from '../parameters.ts'

const { param, paramJson, params, where, select, limit, output, acceptPartial, sandbox } = RUN_OPTIONS

export const GET_ALL = {
  name: 'get-all',
  summary: 'Write all rows of a list method, one JSON object a line',
  description:
    'Rows come in ascending order of their ids, as the portal sent them. ' +
    'The exit code is 0 only if it was shown that no row is missing.',
  argument: { name: 'METHOD', description: 'a list method, such as crm.deal.list' },
  examples: [
    { does: 'all deals into a file', command: 'bx24 get-all crm.deal.list -o deals.ndjson' },
    { does: 'try it without a portal', command: 'bx24 get-all crm.deal.list --sandbox=rows=120' },
    {
      does: 'some fields of some deals, to another program',
      command: "bx24 get-all crm.deal.list --where 'STAGE_ID = WON' --select ID,TITLE | jq .TITLE",
    },
    { does: 'the items of a smart process', command: 'bx24 get-all crm.item.list -p entityTypeId=128' },
  ],
  options: { param, paramJson, params, where, select, limit, output, acceptPartial, sandbox },
  usesSettings: true,
} as const satisfies CommandSpec

export interface GetAllOptions {
  readonly method: string
  readonly param: readonly string[]
  readonly paramJson: readonly string[]
  readonly params: string | undefined
  readonly where: readonly string[]
  readonly select: string | undefined
  readonly limit: number | undefined
  readonly output: string | undefined
  readonly acceptPartial: boolean
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerGetAll(program: Command, context: Context, run = runGetAll): void {
  addCommand(program, GET_ALL).action(async (method: string, _given: unknown, command: Command) => {
    await run(readOptions(method, command.optsWithGlobals()), context)
  })
}

function readOptions(method: string, flags: Readonly<Record<string, unknown>>): GetAllOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const limitText = one('limit')
  const options = {
    method,
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    where: several('where'),
    select: one('select'),
    limit: limitText === undefined ? undefined : parseFlag(limit.parse, 'limit', limitText),
    output: one('output'),
    acceptPartial: flags['acceptPartial'] === true,
    sandbox: one('sandbox'),
    flags,
  }
  if (options.acceptPartial && (options.output === undefined || options.output === '-')) {
    throw new UsageError(
      'accept-partial',
      '--accept-partial needs --output FILE: rows on standard output are out already.',
    )
  }
  return options
}

/** Checks everything that can be checked without the portal, opens what is needed, and fetches. */
export async function runGetAll(options: GetAllOptions, context: Context): Promise<void> {
  const { values, rcFile } = await loadSettings(options.flags, context)
  const parameters = await abortable(readParameters(options, context), context.signal)
  const request = { method: options.method, parameters, limit: options.limit, batchSize: values.batchSize }
  checkRequest(request)
  const inputs = await inputFiles(options, context.cwd)
  const portal = await openPortal(options.sandbox, rcFile, context)
  try {
    const limits = limitsFor(portal.credential.host, values)
    const { stdout: stream, stdoutDescriptor: descriptor, cwd } = context
    const destination = await openDestination({
      file: options.output,
      cwd,
      stdout: { stream, descriptor },
      inputs,
    })
    try {
      await fetchRows(request, {
        credential: portal.credential,
        limits,
        values,
        context,
        destination,
        output: options.output,
      })
    } catch (error: unknown) {
      throw await keepRows(error, destination, { ...options, cwd })
    }
  } finally {
    await portal.close()
  }
}
