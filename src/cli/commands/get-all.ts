import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { checkRequest } from '../../operations/extract.ts'
import { openDestination } from '../../output/open-destination.ts'
import { limitsFor } from '../../protocol/limits.ts'
import { abortable } from '../../lib/abortable.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { connectionOptions, connectionWarning } from '../connection.ts'
import type { Context } from '../context.ts'
import { fetchRows } from '../fetch-rows.ts'
import { inputFiles } from '../input-files.ts'
import { keepRows } from '../keep-rows.ts'
import { loadSettings } from '../load-settings.ts'
import { openPortal } from '../open-portal.ts'
import { RUN_OPTIONS } from '../options.ts'
import { OUTPUT_OPTIONS, type OutputOptions, readOutputOptions } from '../output-options.ts'
import { readParameters } from '../parameters.ts'
import { openTrace, runSettings } from '../run-settings.ts'

const { param, paramJson, params, where, select, limit, sandbox } = RUN_OPTIONS

export const GET_ALL = {
  name: 'get-all',
  summary: 'Write all rows of a list method, as NDJSON, CSV, TSV or JSON',
  description:
    'Rows come in ascending order of their ids, as the portal sent them. ' +
    'The exit code is 0 only if it was shown that no row is missing.',
  argument: { name: 'METHOD', description: 'a list method, such as crm.deal.list' },
  examples: [
    { does: 'all deals into a file', command: 'bx24 get-all crm.deal.list -o deals.ndjson' },
    { does: 'try it without a portal', command: 'bx24 get-all crm.deal.list --sandbox=rows=120' },
    { does: 'for a spreadsheet', command: 'bx24 get-all crm.deal.list -o deals.csv --excel' },
    {
      does: 'some fields of some deals, to another program',
      command: "bx24 get-all crm.deal.list --where 'STAGE_ID = WON' --select ID,TITLE | jq .TITLE",
    },
    { does: 'the items of a smart process', command: 'bx24 get-all crm.item.list -p entityTypeId=128' },
  ],
  options: { param, paramJson, params, where, select, limit, ...OUTPUT_OPTIONS, sandbox },
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
  readonly output: OutputOptions
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
  return {
    method,
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    where: several('where'),
    select: one('select'),
    limit: limitText === undefined ? undefined : parseFlag(limit.parse, 'limit', limitText),
    output: readOutputOptions(flags),
    sandbox: one('sandbox'),
    flags,
  }
}

/** Checks everything that can be checked without the portal, opens what is needed, and fetches. */
export async function runGetAll(options: GetAllOptions, context: Context): Promise<void> {
  const settings = await loadSettings(options.flags, context)
  const { values } = settings
  const parameters = await abortable(readParameters(options, context), context.signal)
  const { method, limit, output } = options
  const { flatten } = output.style
  const request = { method, parameters, limit, batchSize: values.batchSize, flatten }
  checkRequest(request)
  const shown = runSettings(values, options.flags, context)
  const trace = openTrace(options.flags, context)
  const inputs = await inputFiles(options, context.cwd)
  const portal = await openPortal(options.sandbox, settings, context)
  try {
    const limits = limitsFor(portal.credential.host, values)
    const connection = await connectionOptions(portal.credential, values, context)
    const warning = connectionWarning(portal.credential, values)
    if (warning !== undefined) context.messages.warn(warning)
    const { stdout: stream, stdoutDescriptor: descriptor, cwd } = context
    const destination = await openDestination({
      file: output.file,
      cwd,
      stdout: { stream, descriptor },
      inputs,
      fileMode: output.fileMode,
      isGzipped: output.isGzipped,
      waiting: {
        signal: context.signal,
        onWait: () => context.messages.warn(`nobody reads ${output.file ?? ''} yet; waiting.`),
      },
    })
    let hasRows = false
    try {
      await fetchRows(request, {
        credential: portal.credential,
        limits,
        connection,
        values,
        context,
        destination,
        layout: output,
        output: output.file,
        shown,
        trace,
        onRows() {
          hasRows = true
        },
      })
    } catch (error: unknown) {
      throw await keepRows(error, destination, {
        output: output.file,
        acceptPartial: output.acceptPartial,
        hasRows,
        cwd,
      })
    }
  } finally {
    await portal.close()
  }
}
