/** What a failed check of a certificate means, and what to do about it. */
export interface CertificateExplanation {
  readonly message: string
  readonly hint: string
}

/** Codes of OpenSSL, Node and TLS for failures that another attempt would not mend. */
export const CERTIFICATE_CODE = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

const TRUST_IT = 'name its certificate (PEM) with --ca-file'

/** Puts the failure of a certificate into words; `host` is whose certificate it is. */
export function explainCertificate(code: string, host: string, cause: unknown): CertificateExplanation {
  const about = (what: string, hint: string): CertificateExplanation => ({
    message: `The certificate of ${host} ${what} (${code}).`,
    hint,
  })
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return about('is self-signed, so nobody vouches for it', `If it is the right one, ${TRUST_IT}.`)
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return about(
        'comes from an authority that is not known here',
        `If it is your own authority, or that of a proxy which looks into connections, ${TRUST_IT}. ` +
          'Else the server may not send the certificates in between, which its administrator can mend.',
      )
    case 'CERT_HAS_EXPIRED':
      return about(
        'has expired',
        'It must be renewed on the server; if it is valid still, the clock of this machine is wrong. ' +
          'A certificate named with --ca-file may have expired as well.',
      )
    case 'CERT_NOT_YET_VALID':
      return about('is not valid yet', 'See whether the clock of this machine is right.')
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return about(
        `is for another name${namesIn(cause)}`,
        'Use the name in the certificate as the host of the webhook; --ca-file does not help against this.',
      )
    default:
      return /^(ERR_SSL_|EPROTO)/.test(code)
        ? {
            message: `No encrypted connection to ${host} could be made (${code}).`,
            hint: 'See whether address and port of the webhook are right, and whether https is spoken there.',
          }
        : about('could not be verified', `If it is that of your own authority, ${TRUST_IT}.`)
  }
}

/** `: portal.example, *.portal.example` */
function namesIn(cause: unknown): string {
  const names = (cause as { cert?: { subjectaltname?: unknown } } | undefined)?.cert?.subjectaltname
  return typeof names === 'string' ? `: ${names.replaceAll(/\b(?:DNS|IP Address):/g, '')}` : ''
}
