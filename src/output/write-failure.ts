import { BrokenPipeError, OutputError } from '../errors.ts'
import { systemCode } from '../lib/system-code.ts'

export { systemCode }

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device reports an I/O error',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'a folder has this name',
  ENOTEMPTY: 'a folder has this name',
  EFBIG: 'the file would be larger than allowed',
  ENXIO: 'nothing is listening there',
}

/**
 * What a failed write means: a reader that has gone, or a destination that does not take the rows. What is no error of
 * the operating system is a bug of ours and stays what it is.
 */
export function writeFailure(error: unknown, where: string): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  // Once a stream has met a closed pipe it is destroyed, which is all that later writes are told.
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new BrokenPipeError()
  return new OutputError(`Cannot write to ${where}: ${reason(code)}.`, undefined, error)
}

/** The same for a destination that cannot be opened. */
export function openFailure(error: unknown, file: string): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  return new OutputError(`Cannot write to --output ${file}: ${reason(code)}.`, undefined, error)
}

/** Why something could not be written, in words. */
export function writeReason(error: unknown): string {
  return reason(systemCode(error) ?? String(error))
}

function reason(code: string): string {
  const words = REASONS[code]
  return words === undefined ? code : `${words} (${code})`
}
