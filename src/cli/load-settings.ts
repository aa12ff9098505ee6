import { dirname, resolve } from 'node:path'
import { readConfigFiles } from '../config/config-files.ts'
import { REDIS_FILE, refusePasswordInArguments, withRedisFile } from '../config/redis.ts'
import { type FileValues, resolveSettings, type ResolvedSettings } from '../config/settings.ts'
import { ConfigError } from '../errors.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import { FILE_KEYS, SETTINGS } from './options.ts'
import { dataFile, valueFiles } from './input-files.ts'
import { refuseSharedFiles } from './run-files.ts'
import { configureMessages } from './run-settings.ts'

export interface LoadedSettings extends ResolvedSettings<typeof SETTINGS> {
  /** The configuration files that there are, the one that wins first. */
  readonly files: readonly FileValues[]
}

/** The settings of a run, from its flags, the environment and the configuration files. @throws UsageError, ConfigError */
export async function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<LoadedSettings> {
  refuseProfile(flags, context.environment)
  const files = await readConfigFiles(context, FILE_KEYS)
  const environment = await withRedisFile(context.environment, context.cwd, context.modesMatter)
  const { values, given } = resolveSettings(SETTINGS, { flags, environment, files })
  refusePasswordInArguments(values.redis, given.redis)
  hideSecrets(values.redis?.password === undefined ? [] : [values.redis.password.reveal()])
  refuseSharedFiles(
    {
      output: flags['output'] as string | undefined,
      written: {
        '--log-file': values.logFile,
        '--trace-file': flags['traceFile'] as string | undefined,
        '--summary-file': flags['summaryFile'] as string | undefined,
        '--manifest': flags['manifest'] as string | undefined,
        '--errors': flags['errors'] as string | undefined,
        '--unknown': flags['unknown'] as string | undefined,
        '--journal': flags['journal'] as string | undefined,
      },
      read: {
        '--params': flags['params'] as string | undefined,
        '--data': dataFile((flags['data'] as string | undefined) ?? ''),
        'the input': flags['inputFile'] as string | undefined,
        ...Object.fromEntries(
          valueFiles((flags['paramJson'] as string[] | undefined) ?? []).map((name) => [`-P ${name}`, name]),
        ),
        BX24_WEBHOOK_FILE: context.environment['BX24_WEBHOOK_FILE'],
        [REDIS_FILE]: context.environment[REDIS_FILE],
        ...Object.fromEntries(files.map(({ path }) => [`the configuration ${path}`, path] as const)),
        '--ca-file': values.caFile,
      },
    },
    context.cwd,
  )
  configureMessages(values, flags, context)
  const placed = (key: 'caFile' | 'stateDir'): string | undefined => {
    const path = values[key]
    // A file speaks of what stands next to it, a word of the command line of the working folder.
    const origin = given[key]?.origin
    const folder = origin?.kind === 'file' ? dirname(origin.name) : context.cwd
    return path === undefined ? undefined : resolve(folder, path)
  }
  return { values: { ...values, caFile: placed('caFile'), stateDir: placed('stateDir') }, given, files }
}

/** Passed over, it would let the run go to another portal than the one that was meant. */
function refuseProfile(flags: Readonly<Record<string, unknown>>, environment: Context['environment']): void {
  const named =
    flags['profile'] !== undefined ? '--profile' : environment['BX24_PROFILE'] ? 'BX24_PROFILE' : ''
  if (named === '') return
  throw new ConfigError(
    'profiles-reserved',
    `${named} names a profile, but this release knows no profiles yet.`,
    'Name the portal by BX24_WEBHOOK, by BX24_WEBHOOK_FILE, or by webhook in .bitrixrc.',
  )
}
