import type { Command } from 'commander'
import { text } from '../../config/values.ts'
import { type ListedMethod, listedMethods } from '../../operations/listed-methods.ts'
import { type PortalMethods, portalMethods } from '../../operations/portal-methods.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { listMethods } from '../../protocol/methods/table.ts'
import { askPortal } from '../ask-portal.ts'
import { cleanText } from '../clean-text.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { loadSettings } from '../load-settings.ts'
import { RUN_OPTIONS } from '../options.ts'

export const METHODS = {
  name: 'methods',
  summary: 'Show the list methods that are known, and which of them a portal allows',
  description:
    'Each line has the method, its API, how its pages are reached, what identifies its rows, and what is unusual. ' +
    'PATTERN is a part of the name or, with * and ? in it, the whole of it. Nothing is sent without --portal.',
  argument: { name: 'PATTERN', description: 'such as crm. or *.userfield.list', isOptional: true },
  examples: [
    { does: 'lists of the CRM', command: 'bx24 methods crm.' },
    {
      does: 'what this webhook may call, with what the table does not know',
      command: 'bx24 methods --portal',
    },
    {
      does: 'methods that are no longer to be used, for a program',
      command: "bx24 methods --json | jq -r 'select(.deprecated) | .method'",
    },
  ],
  options: {
    portal: {
      description:
        'ask the portal which methods it allows, in one request; those that are not in the table come as well',
      group: 'What to get',
      parse: text,
    },
    json: { description: 'as NDJSON, one object a line', group: 'On the terminal', parse: text },
    sandbox: RUN_OPTIONS.sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface MethodsOptions {
  readonly pattern: string | undefined
  /** Whether the portal is asked. */
  readonly asksPortal: boolean
  readonly json: boolean
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerMethods(program: Command, context: Context, run = runMethods): void {
  addCommand(program, METHODS).action(
    async (pattern: string | undefined, _given: unknown, command: Command) => {
      const flags: Record<string, unknown> = command.optsWithGlobals()
      const sandbox = flags['sandbox'] as string | undefined
      const asksPortal = flags['portal'] === true || sandbox !== undefined
      await run({ pattern, asksPortal, json: flags['json'] === true, sandbox, flags }, context)
    },
  )
}

/** Shows what the table has and, if that is asked for, what the portal says. */
export async function runMethods(options: MethodsOptions, context: Context): Promise<void> {
  const { pattern, asksPortal, json, sandbox, flags } = options
  const portal = asksPortal
    ? await askPortal(sandbox, await loadSettings(flags, context), context, (engine) =>
        portalMethods(engine, context.signal),
      )
    : undefined
  const found = listedMethods(listMethods(), pattern, portal)
  const lines = json ? found.map(jsonOf) : textLines(found)
  await writeToStream(context.stdout, lines.map((line) => `${line}\n`).join(''))
  if (portal !== undefined) context.messages.notice(portalNotice(portal))
}

function jsonOf({ method, facts, portal }: ListedMethod): string {
  return JSON.stringify({
    method,
    isInTable: facts !== undefined,
    ...(portal === undefined ? {} : { portal }),
    ...facts,
  })
}

function textLines(found: readonly ListedMethod[]): string[] {
  const rows = found.map(({ method, facts, notes, portal }) => [
    cleanText(method),
    ...(portal === undefined ? [] : [portal]),
    facts?.api ?? '-',
    facts?.paging ?? '-',
    facts?.id?.inRows ?? '-',
    notes.join('; '),
  ])
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function portalNotice({ allowed, existing, scopes }: PortalMethods): string {
  const all = [...scopes].sort().join(', ')
  return cleanText(
    `this credential may call ${allowed.size} of the ${existing.size} methods of the portal; its scopes: ${all === '' ? 'none' : all}`,
  )
}
