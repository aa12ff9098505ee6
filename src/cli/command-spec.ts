import { Option as CommanderOption, type Command } from 'commander'
import { environmentName, flagName } from '../config/settings.ts'
import { UsageError } from '../errors.ts'
import { type Option, SETTINGS } from './options.ts'

/** What help and docs say about a command; one of the three things that make a command, next to `register` and `run`. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  /** Further sentences of the help. */
  readonly description: string
  readonly argument?: ArgumentSpec
  /** A second one. */
  readonly furtherArgument?: ArgumentSpec
  readonly examples: readonly Example[]
  /** By key, in the order in which help shows them. */
  readonly options: Readonly<Record<string, Option>>
  /** Whether the settings of portal and network mean anything to it. */
  readonly usesSettings: boolean
}

export interface ArgumentSpec {
  readonly name: string
  readonly description: string
  readonly isOptional?: true
}

export interface Example {
  readonly does: string
  readonly command: string
}

/** Adds a command as its spec describes it; what it does is added by whoever calls this. */
export function addCommand(program: Command, spec: CommandSpec): Command {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(`${spec.summary}. ${spec.description}`)
    .addHelpText('before', `${examplesText(spec.examples)}\n`)
    .allowExcessArguments(false)
    .configureHelp({ showGlobalOptions: spec.usesSettings })
  for (const argument of [spec.argument, spec.furtherArgument]) {
    if (argument !== undefined) command.argument(argumentSyntax(argument), argument.description)
  }
  for (const [key, option] of Object.entries(spec.options)) command.addOption(commanderOption(key, option))
  return command
}

/** `<METHOD>`, or `[METHOD]` if it may be left out. */
export function argumentSyntax({ name, isOptional }: ArgumentSpec): string {
  return isOptional === true ? `[${name}]` : `<${name}>`
}

export function examplesText(examples: readonly Example[]): string {
  return ['Examples:', ...examples.flatMap(({ does, command }) => [`  # ${does}`, `  ${command}`])].join('\n')
}

/**
 * An option as commander wants it. Values stay text here, since flags, environment and files are read by the same
 * parsers, later and in one place.
 */
export function commanderOption(key: string, option: Option): CommanderOption {
  const made = new CommanderOption(optionSyntax(key, option), optionText(key, option))
  made.helpGroup(`${option.group}:`)
  if (option.repeatable === true) {
    made.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value])
  } else if (option.placeholder !== undefined) {
    // The last one would win without a word; a file or a selection given twice is a mistake.
    let isGiven = false
    made.argParser((value: string) => {
      if (isGiven)
        throw new UsageError('option-twice', `${flagName(key)} is given twice.`, 'Keep one of them.')
      isGiven = true
      return value
    })
  }
  return made
}

/** `-o, --output <FILE>` */
export function optionSyntax(key: string, { short, placeholder }: Option): string {
  const long = placeholder === undefined ? flagName(key) : `${flagName(key)} ${placeholder}`
  return short === undefined ? long : `-${short}, ${long}`
}

/** By identity: another command may have an option of the same name that is no setting. */
const IS_SETTING: ReadonlySet<Option> = new Set(Object.values(SETTINGS))

function optionText(key: string, option: Option): string {
  const facts = [
    ...(option.repeatable === true ? ['repeatable'] : []),
    ...(option.default === undefined ? [] : [`default: ${option.default}`]),
    ...(IS_SETTING.has(option) ? [`env: ${environmentName(key)}`] : []),
  ]
  return facts.length === 0 ? option.description : `${option.description} (${facts.join(', ')})`
}
