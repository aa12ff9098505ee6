import type { Command } from 'commander'
import { text } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { configReport, configText, strangeVariables } from '../config-report.ts'
import { configSchemaText } from '../config-schema.ts'
import type { Context } from '../context.ts'
import { loadSettings } from '../load-settings.ts'

const SUBJECTS = ['show', 'schema'] as const

export const CONFIG = {
  name: 'config',
  summary: 'Show every setting, its value and where it comes from',
  description:
    'The credential is shown as ***. Nothing is sent. ' +
    'bx24 config schema prints the JSON Schema of configuration files, for editors.',
  argument: { name: 'WHAT', description: 'show (also without a word) or schema', isOptional: true },
  examples: [
    { does: 'every setting, and which flag, variable or file gave it', command: 'bx24 config' },
    { does: 'the same for a program', command: 'bx24 config --json' },
    { does: 'the JSON Schema of configuration files', command: 'bx24 config schema' },
  ],
  options: {
    json: { description: 'as one JSON object', group: 'On the terminal', parse: text },
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface ConfigOptions {
  readonly what: (typeof SUBJECTS)[number]
  readonly json: boolean
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerConfig(program: Command, context: Context, run = runConfig): void {
  addCommand(program, CONFIG).action(async (what: string | undefined, _given: unknown, command: Command) => {
    await run(readOptions(what ?? 'show', command.optsWithGlobals()), context)
  })
}

function readOptions(what: string, flags: Readonly<Record<string, unknown>>): ConfigOptions {
  const subject = SUBJECTS.find((candidate) => candidate === what)
  if (subject === undefined) {
    throw new UsageError(
      'config-subject',
      `bx24 config knows nothing of ${JSON.stringify(what)}.`,
      `Write bx24 config ${SUBJECTS.join(' or bx24 config ')}.`,
    )
  }
  return { what: subject, json: flags['json'] === true, flags }
}

/** Shows what a run would use, or fails as a run would. */
export async function runConfig({ what, json, flags }: ConfigOptions, context: Context): Promise<void> {
  if (what === 'schema') {
    await writeToStream(context.stdout, configSchemaText())
    return
  }
  const report = await configReport(await loadSettings(flags, context), context)
  for (const line of strangeVariables(context.environment)) context.messages.warn(line)
  await writeToStream(context.stdout, json ? `${JSON.stringify(report, null, 2)}\n` : configText(report))
}
