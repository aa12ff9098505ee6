import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigError } from '../errors.ts'

const CERTIFICATE = /-----BEGIN (TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (TRUSTED )?CERTIFICATE-----/g

/**
 * The certificates in a PEM file, to be trusted besides the roots that are trusted anyway; what else is in it is left
 * out, a private key above all.
 *
 * @throws ConfigError if it cannot be read, or holds no certificate or a damaged one
 */
export async function readAuthorities(path: string): Promise<string[]> {
  const text = await readText(path)
  const certificates = [...text.matchAll(CERTIFICATE)].map(([certificate]) => certificate)
  if (certificates.length === 0) {
    throw new ConfigError(
      'ca-file',
      `The file ${path} of --ca-file holds no certificate.`,
      'It must be PEM, a text with -----BEGIN CERTIFICATE-----; DER becomes it with: openssl x509 -inform der',
    )
  }
  certificates.forEach((certificate, index) => refuseDamaged(certificate, index + 1, path))
  return certificates
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch (error: unknown) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new ConfigError('ca-file', `The file ${path} of --ca-file cannot be read (${code}).`)
  }
}

function refuseDamaged(certificate: string, number: number, path: string): void {
  try {
    new X509Certificate(certificate)
  } catch {
    throw new ConfigError('ca-file', `Certificate ${number} in ${path}, the file of --ca-file, is damaged.`)
  }
}
