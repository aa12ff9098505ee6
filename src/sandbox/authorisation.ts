import { Refusal } from './refusal.ts'
import type { AddressedCall } from './request.ts'
import { WEBHOOK_USER } from './webhooks.ts'

/** The no to an address that does not carry one of the webhooks; undefined if it does. */
export function webhookRefusal(
  { webhook, params }: AddressedCall,
  codes: readonly string[],
  status: number,
): Refusal | undefined {
  if (webhook === undefined) {
    const hasToken = params.get('auth') !== undefined || params.get('access_token') !== undefined
    return hasToken
      ? new Refusal('invalid_token', 'Unable to get application by token', 401)
      : new Refusal('NO_AUTH_FOUND', 'Wrong authorization data', 401)
  }
  if (webhook.user === WEBHOOK_USER && codes.includes(webhook.code)) return undefined
  return new Refusal('INVALID_CREDENTIALS', 'Invalid request credentials', status)
}
