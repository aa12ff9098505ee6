import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from './temp-folder.ts'

/** Whether certificates can be made here; tests that need them are skipped where they cannot. */
export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0

export interface Certificate {
  readonly cert: string
  readonly key: string
  /** Path of the certificate, as PEM. */
  readonly file: string
}

interface Wish {
  /** Names and addresses, such as `DNS:portal.example` or `IP:127.0.0.1`. */
  readonly names: readonly string[]
  /** Who signs it; itself if left out. */
  readonly issuer?: Certificate
  /** Days from now on which it begins and ends. */
  readonly from?: number
  readonly until?: number
}

/** An authority of our own. */
export function makeAuthority(): Certificate {
  return make('authority', ['-addext', 'basicConstraints=critical,CA:TRUE', '-days', '30'])
}

/** A certificate for a server; gone when the test has finished. */
export function makeCertificate({ names, issuer, from = -1, until = 30 }: Wish): Certificate {
  const folder = tempFolder()
  const alternatives = `subjectAltName=${names.join(',')}`
  if (issuer === undefined) return make('server', ['-addext', alternatives, '-days', String(until)])
  const [config, key, request, cert] = ['ca.conf', 'key.pem', 'request.pem', 'cert.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  const subject = ['-subj', '/CN=server', '-addext', alternatives]
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    request,
    ...subject,
  )
  // `openssl ca` alone can set both ends of the validity.
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(
    config,
    `[ca]\ndefault_ca = x\n[x]\ndatabase = ${folder}/index.txt\nnew_certs_dir = ${folder}\nrand_serial = yes\n` +
      'default_md = sha256\npolicy = p\ncopy_extensions = copy\n[p]\ncommonName = supplied\n',
  )
  const signer = ['-cert', issuer.file, '-keyfile', join(issuer.file, '..', 'key.pem')]
  const validity = ['-startdate', stamp(from), '-enddate', stamp(until)]
  openssl('ca', '-batch', '-notext', '-config', config, ...signer, '-in', request, '-out', cert, ...validity)
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'), file: cert }
}

function make(name: string, words: readonly string[]): Certificate {
  const folder = tempFolder()
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...curve, '-keyout', key, '-out', cert, '-subj', `/CN=${name}`, ...words)
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'), file: cert }
}

/** `20260131120000Z` */
function stamp(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000)
  return `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`
}

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' })
}
