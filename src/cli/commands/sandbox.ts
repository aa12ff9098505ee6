import type { Command } from 'commander'
import { flagName, parseFlag } from '../../config/settings.ts'
import { text, wholeNumber } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { SANDBOX_SETTINGS, type SandboxSetting } from '../../sandbox/setting-table.ts'
import { abortable } from '../../lib/abortable.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import type { Option } from '../options.ts'

const PORT: Option<number> = {
  placeholder: '<N>',
  description: 'port to listen on, on this machine alone; a free one if left out',
  group: 'Sandbox portal',
  parse: wholeNumber(0, 65_535),
}

export const SANDBOX: CommandSpec = {
  name: 'sandbox',
  summary: 'Run a portal made of code, to try and test bx24 with',
  description:
    'It writes the webhook of the portal as one line to standard output and serves until it is stopped with Ctrl-C. ' +
    'It answers on this machine only and keeps nothing.',
  examples: [
    { does: 'a portal with 5,000 rows in each list', command: 'bx24 sandbox --port 8024 --rows 5000' },
    {
      does: 'in another terminal, with the webhook that it printed',
      command: 'BX24_WEBHOOK=http://127.0.0.1:8024/rest/1/qxmw9ocxj7ygil9z/ bx24 get-all crm.deal.list',
    },
  ],
  options: { port: PORT, ...sandboxOptions() },
  usesSettings: false,
}

export interface SandboxOptions {
  readonly port: number | undefined
  /** Settings of the portal, by name, as they stood on the command line. */
  readonly given: Readonly<Record<string, string | readonly string[]>>
}

export function registerSandbox(program: Command, context: Context, run = runSandbox): void {
  addCommand(program, SANDBOX).action(async (_given: unknown, command: Command) => {
    refuseSettings(program.opts())
    // With the options of the program: --plan is an option of both, and the program takes it first.
    await run(readOptions(command.optsWithGlobals()), context)
  })
}

type Given = Readonly<Record<string, string | readonly string[] | undefined>>

function readOptions(options: Given): SandboxOptions {
  const { port } = options
  const given: Record<string, string | readonly string[]> = {}
  for (const { name } of SANDBOX_SETTINGS) {
    const value = options[optionKey(name)]
    if (value !== undefined) given[name] = value
  }
  return { port: typeof port === 'string' ? parseFlag(PORT.parse, 'port', port) : undefined, given }
}

/** A setting of portal and network that the sandbox does not know would be taken without a word and change nothing. */
function refuseSettings(given: Given): void {
  const key = Object.keys(given).find((candidate) => !(candidate in SANDBOX.options))
  if (key === undefined) return
  throw new UsageError('not-for-sandbox', `${flagName(key)} means nothing to bx24 sandbox.`)
}

/** Serves until the signal of the context fires; ends by throwing what it fired with. */
export async function runSandbox({ port, given }: SandboxOptions, context: Context): Promise<void> {
  const { startSandboxPortal } = await import('../sandbox-portal.ts')
  const portal = await startSandboxPortal({ given, port })
  try {
    await writeToStream(context.stdout, `${portal.webhook}\n`)
    if (context.stderrIsTerminal) context.messages.printText('help', howTo(portal.webhook).trimEnd())
    await abortable(new Promise<never>(() => undefined), context.signal)
  } finally {
    await portal.close()
  }
}

function howTo(webhook: string): string {
  return `The sandbox portal is running; Ctrl-C stops it. In another terminal:
  BX24_WEBHOOK=${webhook} bx24 get-all crm.deal.list
`
}

function sandboxOptions(): Record<string, Option> {
  return Object.fromEntries(SANDBOX_SETTINGS.map((setting) => [optionKey(setting.name), optionOf(setting)]))
}

function optionOf({ placeholder, values, description, repeatable, ...setting }: SandboxSetting): Option {
  return {
    placeholder: `<${values?.join('|') ?? placeholder ?? 'VALUE'}>`,
    description,
    group: 'Sandbox portal',
    parse: text,
    ...(setting.default === '' ? {} : { default: setting.default }),
    ...(repeatable === true ? { repeatable } : {}),
  }
}

/** `page-ms` → `pageMs` */
function optionKey(name: string): string {
  return name.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase())
}
