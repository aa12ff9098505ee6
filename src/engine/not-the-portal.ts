import { Bx24Error, EXIT } from '../errors.ts'

/** Something answers in the place of the portal that is none. */
export function noPortal(host: string, status: number): Bx24Error {
  return new Bx24Error(
    'portal.none',
    `${host} answers with a page and HTTP ${status}: no REST API there.`,
    EXIT.failed,
    {
      hint: 'Check the address in the webhook.',
    },
  )
}

/** The portal is somewhere else; nothing was carried out. */
export function moved(host: string, location: string | undefined): Bx24Error {
  // Only the host is shown: the path may hold the webhook's code.
  const target = location !== undefined && URL.canParse(location) ? new URL(location).host : 'another address'
  return new Bx24Error(
    'portal.moved',
    `${host} sends us to ${target}; nothing was sent there.`,
    EXIT.failed,
    {
      hint: 'If the portal was renamed, take the new address into the webhook.',
    },
  )
}
