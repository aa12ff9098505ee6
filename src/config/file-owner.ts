import { ConfigError } from '../errors.ts'

/** To whom a file belongs, and who may do what with it. */
export interface FileOwner {
  readonly uid: number
  readonly mode: number
}

export interface OwnerRules {
  /** Whether the bits of a file's mode, and its owner, mean what they say (not so on Windows). */
  readonly modesMatter: boolean
  /** As whom this process runs; `undefined` where that has no number. */
  readonly uid: number | undefined
}

/** Root may do as it likes anyway, so that its files are as good as one's own. */
const ROOT = 0

/** @throws ConfigError for a file that somebody else has put there, or may change: it would choose the portal */
export function refuseForeign(path: string, file: FileOwner, { modesMatter, uid }: OwnerRules): void {
  if (!modesMatter) return
  if (uid !== undefined && file.uid !== uid && file.uid !== ROOT) {
    throw new ConfigError(
      'foreign',
      `${path} belongs to another user of this machine (number ${file.uid}), who could name a portal in it.`,
      'Copy it, so that the file is your own, or start bx24 in another folder.',
    )
  }
  if ((file.mode & 0o002) === 0) return
  throw new ConfigError(
    'exposed',
    `${path} may be written by every user of this machine (mode ${octal(file)}).`,
    `Close it with: chmod o-w ${path}`,
  )
}

/** @throws ConfigError for a file with a secret that others may read */
export function refuseReadable(
  path: string,
  file: FileOwner,
  { modesMatter }: OwnerRules,
  secret = 'a webhook',
): void {
  if (!modesMatter || (file.mode & 0o077) === 0) return
  throw new ConfigError(
    'exposed',
    `${path} holds ${secret} and is open to other users (mode ${octal(file)}).`,
    `Close it with: chmod 600 ${path}`,
  )
}

/** @throws ConfigError for a file with a command that others may change */
export function refuseWritable(path: string, file: FileOwner, { modesMatter }: OwnerRules): void {
  if (!modesMatter || (file.mode & 0o022) === 0) return
  throw new ConfigError(
    'exposed',
    `${path} names a command and may be written by other users (mode ${octal(file)}).`,
    `Close it with: chmod go-w ${path}`,
  )
}

function octal({ mode }: FileOwner): string {
  return (mode & 0o777).toString(8)
}
