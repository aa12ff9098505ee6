import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { checkRequest } from '../../operations/extract.ts'
import { abortable } from '../../lib/abortable.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { inputFiles } from '../input-files.ts'
import { loadSettings } from '../load-settings.ts'
import { RUN_OPTIONS } from '../options.ts'
import { OUTPUT_OPTIONS, type OutputOptions, readOutputOptions } from '../output-options.ts'
import { readParameters } from '../parameters.ts'
import { runOnPortal } from '../portal-run.ts'

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
  const parameters = await abortable(readParameters(options, context), context.signal)
  const { method, limit, output, flags, sandbox } = options
  const { flatten } = output.style
  const request = { method, parameters, limit, batchSize: settings.values.batchSize, flatten }
  checkRequest(request)
  await runOnPortal(
    {
      method,
      flags,
      sandbox,
      output,
      inputs: await inputFiles(options, context.cwd),
      rowsWanted: limit ?? Infinity,
      canSurvey: true,
      async work({ caller, onEvent, withSurvey, openSink }) {
        const { extract } = await import('../../operations/extract.ts')
        await extract(caller, request, openSink, { signal: context.signal, onEvent, withSurvey })
      },
    },
    settings,
    context,
  )
}
