import type { StoredCredential } from '../../auth/stored-credential.ts'
import { webhookCredential } from '../../auth/webhook.ts'
import { credentialsFolder, readStoredNames } from '../../config/stored-profiles.ts'
import { profilesIn } from '../../config/file-keys.ts'
import { writeToStream } from '../../output/standard-output.ts'
import { cleanText } from '../clean-text.ts'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import { type LoadedSettings, loadSettings } from '../load-settings.ts'
import { openPortal } from '../open-portal.ts'
import { portalOf } from '../portal-of.ts'
import { readStored } from '../stored-access.ts'
import { type Who, whoIs, whoText } from './who.ts'

/** What is known of the portal that a run would talk to. No secret is in it. */
interface Status {
  readonly profile: string | null
  readonly portal: string | null
  /** What opens it: a webhook, an application, or a program. */
  readonly credential: string | null
  /** The variable or file that it came from. */
  readonly from: string | null
  /** Of an application: when the access that is kept is said to end. It is renewed when it is needed. */
  readonly accessUntil: string | null
  readonly user: string | null
  readonly scopes: readonly string[] | null
  /** What the portal itself says; `null` if it was not asked. */
  readonly checked: Who | null
  /** Every profile that there is. */
  readonly profiles: readonly { readonly name: string; readonly isSignedIn: boolean }[]
}

/** Shows what a run would sign in with; asks the portal only with `--check`. @throws as a run would */
export async function status(options: AuthOptions, context: Context): Promise<void> {
  const settings = await loadSettings(options.flags, context)
  const found = await statusOf(settings, context)
  const checked = options.isChecked ? await check(settings, context) : null
  const report = { ...found, checked }
  await writeToStream(
    context.stdout,
    options.json ? `${JSON.stringify(report, null, 2)}\n` : statusText(report),
  )
}

const KINDS = {
  webhook: 'webhook',
  'webhook-file': 'webhook',
  command: 'printed by a program',
  stored: '',
  application: 'application',
} as const

async function statusOf({ portal, files, values }: LoadedSettings, context: Context): Promise<Status> {
  const { source, profile } = portal
  const stored = source?.kind === 'stored' ? await readStored(source.name, context) : undefined
  const host = source && (await portalOf(source, values, context))?.host
  const { names } = await readStoredNames(credentialsFolder(context))
  const configured =
    files.user === undefined ? [] : Object.keys(profilesIn(files.user.path, files.user.values))
  const all = [...new Set([...names, ...configured])].sort()
  return {
    profile: profile?.name ?? null,
    portal: host ?? null,
    credential: source === undefined ? null : stored === undefined ? KINDS[source.kind] : kindOf(stored),
    from: source === undefined ? null : cleanText(source.origin.name),
    ...(stored?.kind === 'oauth'
      ? tokenFacts(stored)
      : { accessUntil: null, user: userOf(stored), scopes: null }),
    checked: null,
    profiles: all.map((name) => ({ name, isSignedIn: names.includes(name) })),
  }
}

function kindOf({ kind }: StoredCredential): string {
  return kind === 'webhook' ? 'webhook' : 'application'
}

function tokenFacts({
  tokens,
}: Extract<StoredCredential, { kind: 'oauth' }>): Pick<Status, 'accessUntil' | 'user' | 'scopes'> {
  const { expiresAt, userId, scope } = tokens
  return {
    accessUntil: expiresAt === undefined ? null : new Date(expiresAt * 1_000).toISOString(),
    user: userId === undefined ? null : cleanText(userId),
    scopes: scope === undefined ? null : cleanText(scope).split(','),
  }
}

function userOf(stored: StoredCredential | undefined): string | null {
  return stored?.kind === 'webhook'
    ? (webhookCredential(stored.webhook, { allowHttp: true }).userId ?? null)
    : null
}

async function check(settings: LoadedSettings, context: Context): Promise<Who> {
  const portal = await openPortal(undefined, settings, context)
  try {
    return await whoIs(portal.credential, settings, context)
  } finally {
    await portal.close()
  }
}

function statusText({
  profile,
  portal,
  credential,
  from,
  accessUntil,
  user,
  scopes,
  checked,
  profiles,
}: Status): string {
  const facts: [string, string | null][] = [
    ['profile', profile],
    ['portal', portal],
    ['credential', credential],
    ['from', from],
    ['user', checked === null ? user : whoText(checked)],
    ['scopes', (checked?.scopes ?? scopes)?.join(', ') ?? null],
    ['access', accessUntil === null ? null : `until ${accessUntil}, then renewed`],
    ['checked', checked === null ? 'no; add --check' : 'the portal takes it'],
  ]
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(10)}  ${value}`]))
  if (credential === null)
    lines.splice(0, lines.length, 'Nothing names a portal. Sign in with: bx24 auth login')
  const others = profiles.map(
    ({ name, isSignedIn }) => `  ${name}${isSignedIn ? '' : ' (configured)'}${name === profile ? ' *' : ''}`,
  )
  return `${[...lines, ...(others.length === 0 ? [] : ['', 'Profiles:', ...others])].join('\n')}\n`
}
