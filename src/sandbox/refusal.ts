/** The portal's no to a call. Thrown by methods, answered by the portal. */
export class Refusal extends Error {
  readonly code: string
  readonly description: string
  readonly status: number
  /** The further key of ERROR_ARGUMENT. */
  readonly argument: string | undefined

  constructor(code: string, description: string, status = 400, argument?: string) {
    super(description)
    this.code = code
    this.description = description
    this.status = status
    this.argument = argument
  }
}
