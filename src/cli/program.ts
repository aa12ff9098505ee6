import { Command } from 'commander'
import { VERSION } from '../lib/version.ts'
import { commanderOption, examplesText } from './command-spec.ts'
import { commandsFor, type LoadedCommand } from './commands.ts'
import type { Context } from './context.ts'
import { GLOBAL_OPTIONS } from './global-options.ts'
import { SETTINGS } from './options.ts'
import { separateOptionalValues } from './separate-values.ts'

const EPILOGUE = `
A portal is named by a profile (bx24 auth login, --profile) or by its inbound webhook: in BX24_WEBHOOK, in a file named
by BX24_WEBHOOK_FILE, or as webhook in .bitrixrc. It is never an argument, since every user of the machine sees those.
Exit codes: 0 complete, 1 failed, 2 usage, 3 partial, 4 not authorised, 5 temporary, 6 own limit, 7 locked,
70 bug, 74 output, 141 closed pipe.`

/**
 * A fresh program with these commands; one that has parsed once keeps what it parsed. It throws CommanderError instead
 * of exiting.
 */
function buildProgram(context: Context, commands: readonly LoadedCommand[]): Command {
  const examples = commands.flatMap(({ spec }) => spec.examples.slice(0, 2))
  const program = new Command('bx24')
    .description('Bulk extraction from Bitrix24 over its REST API: complete, in order, within the limits.')
    .version(VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('before', `${examplesText(examples)}\n`)
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.messages.printText('help', text.trimEnd()),
      // Errors are put into words in one place, with everything else that goes wrong.
      outputError: () => undefined,
    })
  for (const [key, option] of Object.entries({ ...SETTINGS, ...GLOBAL_OPTIONS }))
    program.addOption(commanderOption(key, option))
  for (const { register } of commands) register(program, context)
  return program
}

/** Runs what the words say. @throws CommanderError, Bx24Error */
export async function runProgram(context: Context): Promise<void> {
  const words = separateOptionalValues(context.argv)
  await buildProgram(context, await commandsFor(words)).parseAsync(words, { from: 'user' })
}
