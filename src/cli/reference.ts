import { environmentName } from '../config/settings.ts'
import { type CommandSpec, optionSyntax } from './command-spec.ts'
import { GLOBAL_OPTIONS } from './global-options.ts'
import { type Option, SETTINGS } from './options.ts'
import { allCommands } from './commands.ts'

/** The reference of commands and options as Markdown: the text of `docs/cli.md`. */
export async function reference(): Promise<string> {
  const commands = await allCommands()
  return `# The command line

This page is generated from the program: \`npm run docs\`. See also [exit codes](exit-codes.md), [errors](errors.md) and
[configuration](configuration.md).

${commands.map(({ spec }) => commandSection(spec)).join('\n')}
## Settings

They stand before or behind the name of the command, in the environment, or as a key in \`.bitrixrc\`.

${settingsTable(SETTINGS)}

Besides, for one run, before or behind the name of the command:

${optionsTable(GLOBAL_OPTIONS)}

Durations are \`500ms\`, \`75s\`, \`15m\`, \`1h\`, or a plain number of seconds.
`
}

function commandSection(spec: CommandSpec): string {
  const usage = [
    'bx24',
    spec.name,
    ...argumentWords(spec.argument),
    ...argumentWords(spec.furtherArgument),
    '[options]',
  ]
  const examples = spec.examples.map(({ does, command }) => `# ${does}\n${command}`).join('\n')
  const argument = [spec.argument, spec.furtherArgument]
    .flatMap((one) => (one === undefined ? [] : [`\n\`${one.name}\` is ${one.description}.\n`]))
    .join('')
  return `## bx24 ${spec.name}

${spec.summary}. ${spec.description}

\`\`\`sh
${examples}
\`\`\`

Usage: \`${usage.join(' ')}\`
${argument}
${optionsTable(spec.options)}
${spec.usesSettings ? '\nAnd the [settings](#settings).\n' : ''}`
}

function argumentWords(argument: CommandSpec['argument']): string[] {
  if (argument === undefined) return []
  return [argument.isOptional === true ? `[${argument.name}]` : argument.name]
}

function optionsTable(options: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([key, option]) => {
    const facts = [
      option.description,
      ...(option.repeatable === true ? ['repeatable'] : []),
      ...(option.default === undefined ? [] : [`default \`${option.default}\``]),
    ]
    return row([`\`${optionSyntax(key, option)}\``, facts.join('; ')])
  })
  return [row(['Option', 'Meaning']), row(['---', '---']), ...rows].join('\n')
}

function settingsTable(options: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([key, option]) =>
    row([
      `\`${optionSyntax(key, option)}\``,
      `\`${environmentName(key)}\``,
      `\`${key}\``,
      option.default === undefined ? 'none' : `\`${option.default}\``,
      option.description,
    ]),
  )
  const head = row(['Option', 'Environment', 'Key', 'Default', 'Meaning'])
  return [head, row(['---', '---', '---', '---', '---']), ...rows].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
