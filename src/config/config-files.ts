import { lstatSync } from 'node:fs'
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
  /** Whether the bits of a file's mode, and its owner, mean what they say (not so on Windows). */
  readonly modesMatter: boolean
  /** As whom this process runs; `undefined` where that has no number. */
  readonly uid: number | undefined
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
    user: home === undefined ? [] : names.map((place) => ({ ...place, path: join(home, place.path) })),
  }
}

/**
 * The folder `bx24` of user configurations; `undefined` where the user has no place for it. As the XDG specification says, which wants a relative path ignored. So is a relative home: it would make a folder that
 * the user happens to stand in the user's own.
 */
export function configHome({
  home,
  environment,
}: Pick<Surroundings, 'home' | 'environment'>): string | undefined {
  const given = environment['XDG_CONFIG_HOME'] ?? ''
  if (isAbsolute(given)) return join(given, 'bx24')
  return isAbsolute(home) ? join(home, '.config', 'bx24') : undefined
}

/** The configuration files that are there. */
export interface ConfigFiles {
  readonly project: FileValues | undefined
  readonly user: FileValues | undefined
}

/** Endings of programs: whoever writes such a file believes that it counts, and it is never run. */
const CODE = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts']

/** @throws ConfigError for a program in the place of a configuration */
function refuseCode(surroundings: Surroundings): void {
  const home = configHome(surroundings)
  const places = CODE.flatMap((ending) => [
    join(surroundings.cwd, `${RC_NAME}.${ending}`),
    ...(home === undefined ? [] : [join(home, `config.${ending}`)]),
  ])
  const path = places.find(isThere)
  if (path === undefined) return
  throw new ConfigError(
    'code',
    `${path} is a program, and configurations are never run.`,
    `Write its values as YAML or JSON into ${RC_NAME}, or into config.yaml in your own configuration.`,
  )
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // What cannot be looked at is not read either.
    return false
  }
}

/**
 * Reads `.bitrixrc` of the working folder and the user's own configuration, those of them that are there. Both are
 * checked whole.
 *
 * @param settings keys of settings that they may hold
 * @throws ConfigError for a file that cannot be used, or if the user has two
 */
export async function readConfigFiles(
  surroundings: Surroundings,
  settings: readonly string[],
): Promise<ConfigFiles> {
  const { project, user } = configPlaces(surroundings)
  const { modesMatter, uid } = surroundings
  const read = ({ path, format }: ConfigPlace, isUsers: boolean): Promise<FileValues | undefined> =>
    readConfigFile(path, format, { settings, isUsers, modesMatter, uid })
  refuseCode(surroundings)
  const ours = await read(project, false)
  // One after the other, so that of several faults the same one is told every time.
  const users: FileValues[] = []
  for (const place of user) {
    const file = await read(place, true)
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
  return { project: ours, user: first }
}
