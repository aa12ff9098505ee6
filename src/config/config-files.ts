import { isAbsolute, join } from 'node:path'
import { ConfigError } from '../errors.ts'
import { type FileFormat, readConfigFile } from './config-file.ts'
import type { FileValues } from './settings.ts'

/** The project's configuration, in the working folder. */
export const RC_NAME = '.bitrixrc'

export interface Surroundings {
  readonly cwd: string
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether the bits of a file's mode mean what they say (not so on Windows). */
  readonly modesMatter: boolean
}

/** A place where a configuration may stand. */
export interface ConfigPlace {
  readonly path: string
  readonly format: FileFormat
}

/** The only places that are looked at, in order: no folder above the working folder, no other name, never code. */
export function configPlaces(surroundings: Surroundings): {
  readonly project: ConfigPlace
  readonly user: readonly ConfigPlace[]
} {
  const home = configHome(surroundings)
  const names: ConfigPlace[] = [
    { path: 'config.json', format: 'json' },
    { path: 'config.yaml', format: 'yaml' },
    { path: 'config.yml', format: 'yaml' },
  ]
  return {
    project: { path: join(surroundings.cwd, RC_NAME), format: 'either' },
    user:
      home === undefined ? [] : names.map((place) => ({ ...place, path: join(home, 'bx24', place.path) })),
  }
}

/**
 * As the XDG specification says, which wants a relative path ignored. So is a relative home: it would make a folder that
 * the user happens to stand in the user's own.
 */
function configHome({ home, environment }: Surroundings): string | undefined {
  const given = environment['XDG_CONFIG_HOME'] ?? ''
  if (isAbsolute(given)) return given
  return isAbsolute(home) ? join(home, '.config') : undefined
}

/**
 * Reads `.bitrixrc` of the working folder and the user's own configuration, those of them that are there; the one that
 * wins comes first. Both are checked whole.
 *
 * @throws ConfigError for a file that cannot be used, or if the user has two
 */
export async function readConfigFiles(
  surroundings: Surroundings,
  known: readonly string[],
): Promise<FileValues[]> {
  const { project, user } = configPlaces(surroundings)
  const rules = { known, modesMatter: surroundings.modesMatter }
  const read = ({ path, format }: ConfigPlace): Promise<FileValues | undefined> =>
    readConfigFile(path, format, rules)
  const ours = await read(project)
  // One after the other, so that of several faults the same one is told every time.
  const users: FileValues[] = []
  for (const place of user) {
    const file = await read(place)
    if (file !== undefined) users.push(file)
  }
  const [first, second] = users
  if (first !== undefined && second !== undefined) {
    throw new ConfigError(
      'file-twice',
      `There are both ${first.path} and ${second.path}.`,
      'Keep one of them: they may say different things.',
    )
  }
  return [ours, first].filter((file) => file !== undefined)
}
