import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { text, wholeNumber } from '../../config/values.ts'
import { explained, type KnownFrom } from '../../operations/explain/explanation.ts'
import { checkRequest } from '../../operations/extract.ts'
import type { CheckedQuery } from '../../operations/list-query.ts'
import { recognisedList } from '../../operations/recognised-list.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { OPERATING_SECONDS } from '../../protocol/limits.ts'
import { askPortal } from '../ask-portal.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { explainText } from '../explain-text.ts'
import { loadSettings } from '../load-settings.ts'
import { type Option, RUN_OPTIONS } from '../options.ts'
import { QUERY_OPTIONS, type QueryOptions, readQuery, readQueryOptions } from '../query-options.ts'

const { select, limit, afterId, sandbox } = RUN_OPTIONS

const ROWS = {
  placeholder: '<N>',
  description: 'reckon with so many rows',
  group: 'What to get',
  parse: wholeNumber(1),
  default: '100000',
} as const satisfies Option

export const EXPLAIN = {
  name: 'explain',
  summary: 'Show what get-all would do with a method, and why',
  description:
    'Where the rows are, what identifies them, how pages are reached, what shows the end, what it sends first and what it costs. ' +
    'What get-all would refuse is refused with the same words. Nothing is sent without --probe.',
  argument: { name: 'METHOD', description: 'a list method, such as crm.deal.list' },
  examples: [
    { does: 'how deals are read', command: 'bx24 explain crm.deal.list' },
    {
      does: 'what a million of them cost',
      command: "bx24 explain crm.deal.list --where 'STAGE_ID = WON' --rows 1000000",
    },
    { does: 'what a method is that the table does not know', command: 'bx24 explain my.module.list --probe' },
  ],
  options: {
    ...QUERY_OPTIONS,
    select,
    limit,
    afterId,
    rows: ROWS,
    probe: {
      description:
        'ask the portal about a method that is not in the table, as get-all would: a page and one batch at the most',
      group: 'How the list is read',
      parse: text,
    },
    json: { description: 'as one JSON object', group: 'On the terminal', parse: text },
    sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface ExplainCommand extends QueryOptions {
  readonly limit: number | undefined
  readonly afterId: number | undefined
  /** Rows to reckon with. */
  readonly rows: number
  readonly probes: boolean
  readonly json: boolean
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerExplain(program: Command, context: Context, run = runExplain): void {
  addCommand(program, EXPLAIN).action(async (method: string, _given: unknown, command: Command) => {
    await run(readOptions(method, command.optsWithGlobals()), context)
  })
}

function readOptions(method: string, flags: Readonly<Record<string, unknown>>): ExplainCommand {
  const number = (key: string, { parse }: Option<number>): number | undefined => {
    const given = flags[key] as string | undefined
    return given === undefined ? undefined : parseFlag(parse, key, given)
  }
  return {
    ...readQueryOptions(method, flags),
    limit: number('limit', limit),
    afterId: number('afterId', afterId),
    rows: number('rows', ROWS) ?? Number(ROWS.default),
    probes: flags['probe'] === true,
    json: flags['json'] === true,
    sandbox: flags['sandbox'] as string | undefined,
    flags,
  }
}

/** Checks what was asked for as `get-all` does, and tells what would come of it. */
export async function runExplain(options: ExplainCommand, context: Context): Promise<void> {
  const { method, api, limit, afterId, rows, probes, sandbox, flags, json } = options
  const settings = await loadSettings(flags, context)
  const { batchSize, concurrency, plan, polite = 1 } = settings.values
  const parameters = await readQuery(options, context)
  const { shape } = parameters
  const asked = checkRequest({ method, api, parameters, limit, afterId, batchSize, concurrency })
  let checked: CheckedQuery = asked
  let knownFrom: KnownFrom = shape === undefined ? 'table' : 'user'
  if (probes && asked.query.method.isUnknown === true) {
    const recognised = await askPortal(sandbox, settings, context, (engine) =>
      recognisedList(engine, asked, shape, context.signal, () => undefined),
    )
    checked = recognised.checked
    knownFrom = 'recognition'
  }
  const told = await explained(checked, {
    knownFrom,
    rows,
    limit,
    batchSize,
    concurrency,
    budgetSeconds: OPERATING_SECONDS[plan] * polite,
  })
  await writeToStream(context.stdout, json ? `${JSON.stringify(told, null, 2)}\n` : explainText(told))
}
