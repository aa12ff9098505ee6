import { type FileHandle, constants, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { systemCode, writeFailure } from './write-failure.ts'

/** A file of inputs that were not done, in a form that can be input again. */
export interface RejectedFile {
  /** @throws OutputError */
  add(inputs: readonly Buffer[]): Promise<void>
  close(): Promise<void>
}

export interface RejectedOptions {
  /** As the user named it. */
  readonly name: string
  /** The option that named it. */
  readonly flag: string
  readonly cwd: string
  /** What has to stand before the first input, such as the header of a table. */
  readonly header: Buffer | undefined
  /** The input was in another encoding: a mark says that this file is UTF-8. */
  readonly isMarked: boolean
}

const LINE_END = Buffer.from('\n')

/** The byte order mark of UTF-8. */
const MARK = Buffer.from('\uFEFF')

/**
 * Opens such a file for its owner's eyes alone; what it held goes. A symlink is not followed.
 *
 * @throws UsageError if it cannot be opened
 */
export async function openRejectedFile({
  name,
  flag,
  cwd,
  header,
  isMarked,
}: RejectedOptions): Promise<RejectedFile> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const path = resolve(cwd, name)
  let file: FileHandle
  try {
    file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
  } catch (error: unknown) {
    const code = systemCode(error) ?? 'unknown error'
    const why = code === 'ELOOP' ? 'it is a symlink, which is not followed' : code
    throw new UsageError('rejected-file', `${flag}: ${name} cannot be written: ${why}.`)
  }
  let isEmpty = true
  return {
    async add(inputs) {
      if (inputs.length === 0) return
      const mark = isEmpty && isMarked ? [MARK] : []
      const head = isEmpty && header !== undefined ? [header, LINE_END] : []
      isEmpty = false
      const lines = Buffer.concat([...mark, ...head, ...inputs.flatMap((input) => [input, LINE_END])])
      try {
        await file.appendFile(lines)
      } catch (error: unknown) {
        throw writeFailure(error, name)
      }
    },
    close: () => file.close(),
  }
}
