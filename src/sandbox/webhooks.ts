import { mix, textHash } from './random.ts'

/** The user that both webhooks belong to. */
export const WEBHOOK_USER = '1'

const CODE_CHARS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Sixteen letters and digits, as in a real webhook address; the seed decides them. */
export function webhookCode(seed: number, purpose: 'full' | 'scopeless'): string {
  const salt = mix(seed, textHash(purpose))
  return Array.from({ length: 16 }, (_, index) =>
    CODE_CHARS.charAt(mix(salt, index) % CODE_CHARS.length),
  ).join('')
}

export function webhookPath(code: string): string {
  return `/rest/${WEBHOOK_USER}/${code}/`
}
