import { resolve } from 'node:path'
import { choosePortal, type PortalChoice, profileValues } from '../config/choose-portal.ts'
import { type ConfigFiles, readConfigFiles } from '../config/config-files.ts'
import { REDIS_FILE, refusePasswordInArguments, withRedisFile } from '../config/redis.ts'
import { type FileValues, resolveSettings, type ResolvedSettings } from '../config/settings.ts'
import { credentialsFolder, readStoredNames } from '../config/stored-profiles.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import { SETTING_KEYS, SETTINGS } from './options.ts'
import { dataFile, valueFiles } from './input-files.ts'
import { refuseSharedFiles } from './run-files.ts'
import { configureMessages } from './run-settings.ts'

export interface LoadedSettings extends ResolvedSettings<typeof SETTINGS> {
  /** The configuration files that there are. */
  readonly files: ConfigFiles
  readonly portal: PortalChoice
}

/**
 * The settings of a run, from its flags, the environment and the configuration files.
 *
 * @param choose settles the portal, and in which order files count @throws UsageError, ConfigError
 */
export async function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  context: Context,
  choose = chosenPortal,
): Promise<LoadedSettings> {
  const files = await readConfigFiles(context, SETTING_KEYS)
  const portal = await choose(flags, files, context)
  const environment = await withRedisFile(context.environment, context.cwd, context.modesMatter)
  const { values, given } = resolveSettings(SETTINGS, { flags, environment, files: portal.files })
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
        BX24_CLIENT_SECRET_FILE: context.environment['BX24_CLIENT_SECRET_FILE'],
        BX24_REFRESH_TOKEN_FILE: context.environment['BX24_REFRESH_TOKEN_FILE'],
        ...Object.fromEntries(ours(files).map(({ path }) => [`the configuration ${path}`, path] as const)),
        '--ca-file': values.caFile,
      },
    },
    context.cwd,
  )
  configureMessages(values, flags, context)
  const placed = (key: 'caFile' | 'stateDir'): string | undefined => {
    const path = values[key]
    // A file speaks of what stands next to it, a word of the command line of the working folder.
    const folder = given[key]?.origin.folder ?? context.cwd
    return path === undefined ? undefined : resolve(folder, path)
  }
  return {
    values: { ...values, caFile: placed('caFile'), stateDir: placed('stateDir') },
    given,
    files,
    portal,
  }
}

function ours({ project, user }: ConfigFiles): FileValues[] {
  return [project, user].filter((file) => file !== undefined)
}

/** The settings for a profile that is about to be signed in, which need not be there yet. @throws UsageError, ConfigError */
export function loadSettingsFor(
  profile: string,
  flags: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<LoadedSettings> {
  return loadSettings(flags, context, (_flags, { user }) =>
    Promise.resolve({
      profile: undefined,
      source: undefined,
      // What .bitrixrc says is about another portal.
      files: [user && profileValues(profile, user), user].filter((file) => file !== undefined),
    }),
  )
}

/** A sandbox portal needs no other one, and nothing that is said of one. */
async function chosenPortal(
  flags: Readonly<Record<string, unknown>>,
  files: ConfigFiles,
  context: Context,
): Promise<PortalChoice> {
  if (flags['sandbox'] !== undefined) return { profile: undefined, source: undefined, files: ours(files) }
  const { environment, cwd } = context
  const flag = flags['profile'] as string | undefined
  const stored = (): ReturnType<typeof readStoredNames> => readStoredNames(credentialsFolder(context))
  return choosePortal({ flag, environment, cwd, files, stored })
}
