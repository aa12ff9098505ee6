import type { Command } from 'commander'
import { text } from '../../config/values.ts'
import { countRows, refuseUncountable } from '../../operations/count.ts'
import { checkedQuery } from '../../operations/list-query.ts'
import { noticesOf } from '../../operations/notices.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { inputFiles } from '../input-files.ts'
import { loadSettings } from '../load-settings.ts'
import { RUN_OPTIONS } from '../options.ts'
import { readOutputOptions } from '../output-options.ts'
import { runOnPortal } from '../portal-run.ts'
import { QUERY_OPTIONS, type QueryOptions, readQuery, readQueryOptions } from '../query-options.ts'
import { withoutReport } from '../without-report.ts'

export const COUNT = {
  name: 'count',
  summary: 'Show how many rows a list method has',
  description:
    'It is what the portal counts, for the price of one call, which is slow on long lists. ' +
    'Methods that do not count, or not truthfully, are refused with the reason.',
  argument: { name: 'METHOD', description: 'a list method, such as crm.deal.list' },
  examples: [
    { does: 'the deals that were won', command: "bx24 count crm.deal.list --where 'STAGE_ID = WON'" },
    { does: 'try it without a portal', command: 'bx24 count crm.deal.list --sandbox=rows=120' },
  ],
  options: {
    ...QUERY_OPTIONS,
    json: { description: 'as one JSON object', group: 'On the terminal', parse: text },
    sandbox: RUN_OPTIONS.sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface CountOptions extends QueryOptions {
  readonly json: boolean
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerCount(program: Command, context: Context, run = runCount): void {
  addCommand(program, COUNT).action(async (method: string, _given: unknown, command: Command) => {
    const flags = command.optsWithGlobals<Record<string, unknown>>()
    const sandbox = flags['sandbox'] as string | undefined
    await run({ ...readQueryOptions(method, flags), json: flags['json'] === true, sandbox, flags }, context)
  })
}

/** Checks what is to be counted as `get-all` would, and has it counted. */
export async function runCount(options: CountOptions, context: Context): Promise<void> {
  const { method, api, flags, sandbox, json } = options
  const settings = withoutReport(await loadSettings(flags, context))
  const checked = checkedQuery(method, await readQuery(options, context), api)
  refuseUncountable(checked.query.method)
  for (const notice of [...checked.warnings, ...noticesOf(checked.query.method)])
    context.messages.warn(`${notice}.`)
  await runOnPortal(
    {
      method,
      flags,
      sandbox,
      output: readOutputOptions({}),
      inputs: await inputFiles(options, context.cwd),
      rowsWanted: 1,
      subject: 'The answer is',
      async work({ caller, write }) {
        const count = await countRows(caller, checked, context.signal)
        await write(Buffer.from(json ? `${JSON.stringify({ method, count })}\n` : `${count}\n`))
      },
    },
    settings,
    context,
  )
}
