/** What the command line says of signing in. */
export interface AuthOptions {
  /** What `--profile`, or the word behind the subject, says. */
  readonly profile: string | undefined
  readonly isFromStdin: boolean
  readonly portal: string | undefined
  readonly clientId: string | undefined
  readonly clientSecretFile: string | undefined
  readonly port: number
  readonly hasBrowser: boolean
  readonly isChecked: boolean
  readonly json: boolean
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}
