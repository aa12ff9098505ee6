import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { UsageError } from '../errors.ts'
import type { InputSource } from './input-row.ts'

/**
 * The bytes of a source, unpacked if its name ends with `.gz`.
 *
 * @throws UsageError for what is not packed, or only in part
 */
export function unpacked(source: InputSource): AsyncIterable<Buffer> {
  return /\.gz$/i.test(source.name) ? gunzipped(source) : source.open()
}

async function* gunzipped(source: InputSource): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip()
  const fed = pipeline(source.open(), gunzip)
  // Whoever reads what comes out meets the failure.
  fed.catch(() => undefined)
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException
    if (code?.startsWith('Z_') !== true) throw error
    throw new UsageError(
      'input-unpack',
      `The packed file ${source.name} cannot be unpacked (${code}).`,
      code === 'Z_BUF_ERROR' ? 'It was cut short: get it again.' : 'It is no gzip, or it is damaged.',
    )
  } finally {
    gunzip.destroy()
    // The source is closed by then.
    await fed.catch(() => undefined)
  }
}
