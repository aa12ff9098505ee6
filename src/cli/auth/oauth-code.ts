import { randomBytes } from 'node:crypto'
import { SignInError, UsageError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { cleanText } from '../clean-text.ts'

/** Tells our own sign-in from one that somebody else has begun and wants us to finish. */
export function newState(): string {
  return randomBytes(16).toString('base64url')
}

/** The code in what somebody pasted: the address that the browser ended at, its query, or the code alone. @throws UsageError */
export function codeIn(text: string, state: string): Secret {
  if (URL.canParse(text)) return codeInQuery(new URL(text).searchParams, state)
  if (/(^|[?&])code=/.test(text)) return codeInQuery(new URLSearchParams(text.replace(/^\?/, '')), state)
  if (/^[\w-]{8,200}$/.test(text)) return new Secret(text)
  throw new UsageError(
    'no-code',
    'There is no code in this.',
    'Paste the whole address that the browser ended at.',
  )
}

/** @throws UsageError if it is of another sign-in or has no code; SignInError if the user said no */
export function codeInQuery(query: URLSearchParams, state: string): Secret {
  const error = query.get('error')
  if (error !== null) {
    const why = cleanText(
      [error, query.get('error_description') ?? ''].filter((one) => one !== '').join(': '),
    )
    throw new SignInError('refused', `The portal did not let the application in (${why}).`)
  }
  if (query.get('state') !== state) {
    throw new UsageError(
      'other-sign-in',
      'This code belongs to another sign-in.',
      'Begin anew: bx24 auth login',
    )
  }
  const code = query.get('code') ?? ''
  if (code === '') throw new UsageError('no-code', 'There is no code in this address.')
  return new Secret(code)
}
