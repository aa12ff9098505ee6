import { ConfigError, UsageError } from '../errors.ts'
import type { ConfigFiles } from './config-files.ts'
import { isProfileName, PROFILE_KEY, PROFILES_KEY, profilesIn } from './file-keys.ts'
import { type PortalSource, sourceInEnvironment, sourceInFile } from './portal-source.ts'
import type { FileValues, Origin } from './settings.ts'

/** What `bx24 auth login` has stored, as far as the choice goes. */
export interface StoredNames {
  readonly names: readonly string[]
  /** Set by `bx24 auth switch`. */
  readonly default: string | undefined
  /** The file, for messages. */
  readonly path: string
}

export interface PortalWish {
  /** What `--profile` says. */
  readonly flag: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly files: ConfigFiles
  /** Asked only where it matters. */
  readonly stored: () => Promise<StoredNames>
}

/** Which portal a run talks to, and whose settings hold besides. */
export interface PortalChoice {
  /** The name of the profile that was chosen, and who chose it. */
  readonly profile: { readonly name: string; readonly origin: Origin } | undefined
  readonly source: PortalSource | undefined
  /** Settings of files and of the profile; what wins comes first. */
  readonly files: readonly FileValues[]
}

/**
 * Chooses the portal: `--profile`, `BX24_PROFILE`, then a credential in the environment, in `.bitrixrc`, at the top of the
 * user's configuration, and at last the default profile. A profile brings its settings with it: before `.bitrixrc` if it
 * was named for this run, behind it otherwise.
 *
 * @throws UsageError, ConfigError for a profile that there is not, and for what cannot be meant
 */
export async function choosePortal(wish: PortalWish): Promise<PortalChoice> {
  const { environment, cwd, files } = wish
  const { project, user } = files
  const named = namedProfile(wish)
  if (named !== undefined) {
    const { values, source } = await openProfile(named, wish)
    return { profile: named, source, files: present([values, project, user]) }
  }
  // What is wrong in a file is told whoever wins.
  const inProject = project && sourceInFile(project)
  const inUser = user && sourceInFile(user)
  const source = sourceInEnvironment(environment, cwd)
  if (source !== undefined) return { profile: undefined, source, files: present([project, user]) }
  const ofProject = project && profileOf(project)
  if (inProject !== undefined && ofProject !== undefined) {
    throw new ConfigError(
      'credential-twice',
      `${project?.path ?? ''} holds both a credential and ${PROFILE_KEY}.`,
      'Keep one of them: they may name different portals.',
    )
  }
  if (inProject !== undefined && ofProject === undefined) {
    return { profile: undefined, source: inProject, files: present([project, user]) }
  }
  const usual = ofProject ?? (inUser === undefined ? await defaultProfile(wish) : undefined)
  if (usual === undefined) return { profile: undefined, source: inUser, files: present([project, user]) }
  const opened = await openProfile(usual, wish)
  return { profile: usual, source: opened.source, files: present([project, opened.values, user]) }
}

type Named = NonNullable<PortalChoice['profile']>

function namedProfile({ flag, environment }: PortalWish): Named | undefined {
  const variable = environment['BX24_PROFILE'] ?? ''
  const name = flag ?? variable
  if (flag === undefined && variable === '') return undefined
  const origin: Origin =
    flag === undefined ? { kind: 'environment', name: 'BX24_PROFILE' } : { kind: 'flag', name: '--profile' }
  if (isProfileName(name)) return { name, origin }
  throw new UsageError(
    'profile-name',
    `${origin.name} must be a name of letters, digits, ".", "_" and "-", not ${JSON.stringify(name)}.`,
  )
}

function profileOf(file: FileValues): Named | undefined {
  const name = file.values[PROFILE_KEY]
  if (name === undefined || name === '') return undefined
  if (typeof name === 'string' && isProfileName(name)) {
    return { name, origin: { kind: 'file', name: file.path, folder: file.folder } }
  }
  throw new ConfigError('invalid-value', `${file.path}: ${PROFILE_KEY} must be the name of a profile.`)
}

async function defaultProfile({ files: { user }, stored }: PortalWish): Promise<Named | undefined> {
  const configured = user && profileOf(user)
  if (configured !== undefined) return configured
  const { default: name, path } = await stored()
  return name === undefined ? undefined : { name, origin: { kind: 'file', name: path } }
}

/** What the user's configuration says of a profile; `undefined` if nothing. @throws ConfigError */
export function profileValues(name: string, user: FileValues): FileValues | undefined {
  const values = profilesIn(user.path, user.values)[name]
  return values && { path: `${user.path}, profile ${name}`, folder: user.folder, values }
}

/** What is known of a profile. @throws ConfigError if there is none of this name, or nothing to sign in with */
async function openProfile(
  { name, origin }: Named,
  { files: { user }, stored }: PortalWish,
): Promise<{ readonly values: FileValues | undefined; readonly source: PortalSource }> {
  const configured = user === undefined ? undefined : profilesIn(user.path, user.values)[name]
  const values: FileValues | undefined = configured &&
    user && { path: `${user.path}, profile ${name}`, folder: user.folder, values: configured }
  const source = values && sourceInFile(values)
  if (source !== undefined) return { values, source }
  const { names, path } = await stored()
  if (names.includes(name)) {
    const storedIn: Origin = { kind: 'file', name: `${path}, profile ${name}` }
    return { values, source: { kind: 'stored', name, origin: storedIn } }
  }
  const known = [...(user === undefined ? [] : Object.keys(profilesIn(user.path, user.values))), ...names]
  throw values === undefined ? noSuchProfile(name, origin, known) : noCredential(name)
}

function noSuchProfile(name: string, { name: by }: Origin, known: readonly string[]): ConfigError {
  const others = [...new Set(known)].sort()
  return new ConfigError(
    'profile-unknown',
    `There is no profile ${JSON.stringify(name)}, which ${by} names.`,
    others.length === 0
      ? `Make it with bx24 auth login --profile ${name}, or under ${PROFILES_KEY} in ~/.config/bx24/config.yaml.`
      : `Known: ${others.join(', ')}. Make it with: bx24 auth login --profile ${name}`,
  )
}

function noCredential(name: string): ConfigError {
  return new ConfigError(
    'webhook-missing',
    `The profile ${JSON.stringify(name)} names no credential.`,
    `Sign in with: bx24 auth login --profile ${name}`,
  )
}

function present(files: readonly (FileValues | undefined)[]): FileValues[] {
  return files.filter((file) => file !== undefined)
}
