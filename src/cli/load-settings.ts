import { type RcFile, readRcFile } from '../config/rcfile.ts'
import { resolveSettings, type SettingValues } from '../config/settings.ts'
import { type Context } from './context.ts'
import { FILE_KEYS, SETTINGS } from './options.ts'

export interface LoadedSettings {
  readonly values: SettingValues<typeof SETTINGS>
  readonly rcFile: RcFile | undefined
}

/** The settings of a run, from its flags, the environment and the configuration file. @throws UsageError, ConfigError */
export async function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<LoadedSettings> {
  const rcFile = await readRcFile(context, FILE_KEYS)
  const { values } = resolveSettings(SETTINGS, { flags, environment: context.environment, file: rcFile })
  return { values, rcFile }
}
