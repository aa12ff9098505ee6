import { UsageError } from '../errors.ts'

export interface SandboxPortal {
  readonly webhook: string
  readonly port: number
  close(): Promise<void>
}

/** What the portal should be like: as `KEY=VALUE,...`, or value by value. */
export type SandboxWish =
  | { readonly text: string }
  | {
      readonly given: Readonly<Record<string, string | readonly string[]>>
      readonly port: number | undefined
    }

/** Starts a portal made of code on this machine. @throws UsageError for a setting that it does not know */
export async function startSandboxPortal(wish: SandboxWish): Promise<SandboxPortal> {
  const { sandboxSettings, sandboxSettingsFromText, SandboxSettingError, startSandbox } =
    await import('../sandbox/all.ts')
  try {
    if ('text' in wish) return await startSandbox(sandboxSettingsFromText(wish.text))
    const { given, port } = wish
    return await startSandbox(sandboxSettings(given), port === undefined ? {} : { port })
  } catch (error: unknown) {
    if (!(error instanceof SandboxSettingError)) throw asUsageError(error)
    throw new UsageError(
      'sandbox-setting',
      error.message,
      'Run bx24 sandbox --help for all settings of the sandbox.',
    )
  }
}

function asUsageError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  return new UsageError(
    'sandbox-port',
    `The sandbox portal cannot listen: ${message}.`,
    'Choose another --port.',
  )
}
