import type { Command } from 'commander'
import { text, wholeNumber } from '../../config/values.ts'
import { parseFlag } from '../../config/settings.ts'
import { UsageError } from '../../errors.ts'
import type { AuthOptions } from '../auth/options.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'

const SUBJECTS = ['login', 'logout', 'status', 'switch', 'refresh'] as const
type Subject = (typeof SUBJECTS)[number]

/** Where the browser brings the code to, if nobody says otherwise; nothing else is known to listen there. */
const USUAL_PORT = '8724'

export const AUTH = {
  name: 'auth',
  summary: 'Sign in to portals and out of them, and see how things stand',
  description:
    'login keeps a webhook, or by OAuth the access of an application, under the name of a profile; logout removes it; ' +
    'switch sets the profile that is used where none is named; refresh renews the access of an application now. ' +
    'No secret is ever an argument or shown.',
  argument: { name: 'WHAT', description: `${SUBJECTS.join(', ')} (status if left out)`, isOptional: true },
  furtherArgument: { name: 'PROFILE', description: 'the profile; the same as --profile', isOptional: true },
  examples: [
    { does: 'paste a webhook, which is not shown', command: 'bx24 auth login acme' },
    {
      does: 'the same from a store of passwords',
      command: 'pass show acme/webhook | bx24 auth login acme --stdin',
    },
    {
      does: 'sign in to an application of the portal, in the browser',
      command:
        'bx24 auth login acme --portal acme.bitrix24.com --client-id local.1a2b3c --client-secret-file secret',
    },
    { does: 'what is kept, and whether the portal still takes it', command: 'bx24 auth status --check' },
    { does: 'use a profile where none is named', command: 'bx24 auth switch acme' },
  ],
  options: {
    stdin: {
      description: 'read the webhook from standard input',
      group: 'Portal and network',
      parse: text,
    },
    portal: {
      placeholder: '<HOST>',
      description: 'sign in to an application of this portal, by OAuth',
      group: 'Portal and network',
      parse: text,
    },
    clientId: {
      placeholder: '<ID>',
      description: 'the application, as the portal calls it (env: BX24_CLIENT_ID)',
      group: 'Portal and network',
      parse: text,
    },
    clientSecretFile: {
      placeholder: '<FILE>',
      description: 'its secret; asked for if left out (env: BX24_CLIENT_SECRET_FILE)',
      group: 'Portal and network',
      parse: text,
    },
    port: {
      placeholder: '<N>',
      description:
        "where the browser brings the code: the application's address on the portal must be http://localhost:N/",
      group: 'Portal and network',
      parse: wholeNumber(1, 65_535),
      default: USUAL_PORT,
    },
    noBrowser: {
      description: 'show the address to open, and ask for the code',
      group: 'Portal and network',
      parse: text,
    },
    check: {
      description: 'status: ask the portal whether it takes the credential',
      group: 'Portal and network',
      parse: text,
    },
    json: { description: 'status: as one JSON object', group: 'On the terminal', parse: text },
  },
  usesSettings: true,
} as const satisfies CommandSpec

export function registerAuth(program: Command, context: Context): void {
  addCommand(program, AUTH).action(
    async (what: string | undefined, name: string | undefined, _given: unknown, command: Command) => {
      const subject = subjectOf(what ?? 'status')
      await run(subject, readOptions(name, command.optsWithGlobals()), context)
    },
  )
}

function subjectOf(what: string): Subject {
  const subject = SUBJECTS.find((one) => one === what)
  if (subject !== undefined) return subject
  throw new UsageError(
    'auth-subject',
    `bx24 auth knows nothing of ${JSON.stringify(what)}.`,
    `Write bx24 auth ${SUBJECTS.join(', or ')}.`,
  )
}

function readOptions(name: string | undefined, flags: Readonly<Record<string, unknown>>): AuthOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const named = one('profile')
  if (name !== undefined && named !== undefined && name !== named) {
    throw new UsageError(
      'option-twice',
      `The profile is given twice: ${name} and --profile ${named}.`,
      'Keep one.',
    )
  }
  return {
    profile: name ?? named,
    isFromStdin: flags['stdin'] === true,
    portal: one('portal'),
    clientId: one('clientId'),
    clientSecretFile: one('clientSecretFile'),
    port: parseFlag(AUTH.options.port.parse, 'port', one('port') ?? USUAL_PORT),
    // commander takes a flag that begins with "no" for the opposite of another, which is on from the start.
    hasBrowser: flags['browser'] !== false,
    isChecked: flags['check'] === true,
    json: flags['json'] === true,
    flags: { ...flags, profile: name ?? named },
  }
}

async function run(subject: Subject, options: AuthOptions, context: Context): Promise<void> {
  switch (subject) {
    case 'login':
      return (await import('../auth/login.ts')).login(options, context)
    case 'logout':
      return (await import('../auth/logout.ts')).logout(options, context)
    case 'status':
      return (await import('../auth/status.ts')).status(options, context)
    case 'switch':
      return (await import('../auth/switch.ts')).switchProfile(options, context)
    case 'refresh':
      return (await import('../auth/refresh.ts')).refresh(options, context)
  }
}
