import type { Command } from 'commander'
import { text } from '../../config/values.ts'
import { Bx24Error, ConfigError, EXIT, UsageError } from '../../errors.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { isMethodName } from '../../protocol/methods/reads.ts'
import { cleanText } from '../clean-text.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { strangeVariables } from '../config-report.ts'
import { connectionOptions } from '../connection.ts'
import type { Context } from '../context.ts'
import { type Check, checksText, exitCodeOf, failureOf, ok, skipped, warning } from '../doctor/check.ts'
import { checkDisk, checkNode } from '../doctor/machine.ts'
import { checkName, checkProxy, checkTls } from '../doctor/network.ts'
import { checkPortal } from '../doctor/portal.ts'
import { checkLedger, checkLeftovers } from '../doctor/state.ts'
import { type LoadedSettings, loadSettings } from '../load-settings.ts'
import { ledgersOf } from '../open-ledger.ts'
import { openPortal, type Portal } from '../open-portal.ts'
import { RUN_OPTIONS } from '../options.ts'
import { withEngine } from '../with-engine.ts'

export const DOCTOR = {
  name: 'doctor',
  summary: 'Look at everything that a run needs, and say what is wrong',
  description:
    'Node.js, disk, configuration, credential, network, portal, user and rights. It asks the portal once and changes nothing there, ' +
    'and says what it left out. Exit codes: 0 all well, 1 something failed, 4 sign in.',
  argument: { name: 'METHOD', description: 'a method that must be allowed', isOptional: true },
  examples: [
    { does: 'everything', command: 'bx24 doctor' },
    { does: 'whether a method may be called, for a program', command: 'bx24 doctor crm.deal.list --json' },
    { does: 'a portal among several', command: 'bx24 doctor --profile acme' },
  ],
  options: {
    json: { description: 'as one JSON object', group: 'On the terminal', parse: text },
    sandbox: RUN_OPTIONS.sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface DoctorOptions {
  readonly method: string | undefined
  readonly json: boolean
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerDoctor(program: Command, context: Context, run = runDoctor): void {
  addCommand(program, DOCTOR).action(
    async (method: string | undefined, _given: unknown, command: Command) => {
      const flags: Record<string, unknown> = command.optsWithGlobals()
      const sandbox = flags['sandbox'] as string | undefined
      await run({ method, json: flags['json'] === true, sandbox, flags }, context)
    },
  )
}

/** @throws UsageError; Bx24Error with exit code 1 or 4 behind the report, if something failed */
export async function runDoctor(options: DoctorOptions, context: Context): Promise<void> {
  const { method, json } = options
  if (method !== undefined && !isMethodName(method)) {
    throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.get.')
  }
  const checks = [
    checkNode(process.version, context.now(), context),
    await checkLeftovers(context),
    ...(await checkRun(options, context)),
  ]
  const shown = checks.map((check) => ({ ...check, message: cleanText(check.message) }))
  const exitCode = exitCodeOf(shown)
  const told = shown.map(({ name, status, message, hint }) => ({ name, status, message, hint }))
  const report = { exitCode, checks: told }
  await writeToStream(context.stdout, json ? `${JSON.stringify(report, null, 2)}\n` : checksText(shown))
  if (exitCode === 0) return
  const failed = shown.filter(({ status }) => status === 'failed').map(({ name }) => name)
  throw new Bx24Error('doctor.failed', `Something is wrong: ${failed.join(', ')}.`, exitCode)
}

/** What lies behind the settings can be looked at only if these can be read. */
async function checkRun(options: DoctorOptions, context: Context): Promise<Check[]> {
  let settings: LoadedSettings
  try {
    settings = await loadSettings(options.flags, context)
  } catch (error: unknown) {
    return [
      failureOf('configuration', error),
      ...unseen(['credential', ...NETWORK], 'the configuration failed'),
    ]
  }
  const folder = ledgersOf(settings.values, context)
  const checks = [checkConfiguration(settings, context), await checkDisk([context.cwd, folder])]
  let portal: Portal
  try {
    portal = await openPortal(options.sandbox, settings, context)
  } catch (error: unknown) {
    const rest = unseen(NETWORK, 'there is no credential')
    return [...checks, credentialFailure(error), checkLedger(folder, undefined, context.now()), ...rest]
  }
  try {
    const { host } = portal.credential
    const ledger = options.sandbox === undefined ? checkLedger(folder, host, context.now()) : undefined
    return [
      ...checks,
      checkCredential(settings, portal),
      ...(ledger === undefined ? [] : [ledger]),
      ...(await checkNetwork(portal, settings, options, context)),
    ]
  } finally {
    await portal.close()
  }
}

/** Without a credential somebody has to sign in; one that cannot be read is something else. */
function credentialFailure(error: unknown): Check {
  const isMissing = error instanceof ConfigError && /^config\.(webhook-missing|signed-out)$/.test(error.code)
  const check = failureOf('credential', error)
  return isMissing ? { ...check, exitCode: EXIT.auth } : check
}

const NETWORK = ['proxy', 'dns', 'tls', 'portal', 'clock', 'user', 'scope']

function unseen(names: readonly string[], why: string): Check[] {
  return names.map((name) => skipped(name, why))
}

function checkConfiguration({ files }: LoadedSettings, { environment }: Context): Check {
  const strange = strangeVariables(environment)
  const paths = [files.project, files.user].flatMap((file) => file?.path ?? [])
  const told = paths.length === 0 ? 'no file, variables and flags alone' : paths.join(', ')
  return strange.length === 0
    ? ok('configuration', told)
    : warning('configuration', `${told}; ${strange.join('; ')}`)
}

function checkCredential({ portal: { profile, source } }: LoadedSettings, { credential }: Portal): Check {
  const from = source === undefined ? 'a sandbox portal' : source.origin.name
  const of = profile === undefined ? '' : `profile ${profile.name} (${profile.origin.name}), `
  return ok('credential', `${of}${credential.host}, from ${from}`)
}

async function checkNetwork(
  portal: Portal,
  { values }: LoadedSettings,
  { method }: DoctorOptions,
  context: Context,
): Promise<Check[]> {
  const { credential } = portal
  let connection: Awaited<ReturnType<typeof connectionOptions>>
  try {
    connection = await connectionOptions(credential, values, context)
  } catch (error: unknown) {
    return [failureOf('proxy', error), ...unseen(NETWORK.slice(1), 'the connection cannot be made')]
  }
  return [
    checkProxy(connection.proxy),
    await checkName(credential.origin, connection.proxy),
    await checkTls(credential.origin, connection, context.now()),
    ...(await withEngine(credential, connection, values, (engine) => checkPortal(engine, method, context))),
  ]
}
