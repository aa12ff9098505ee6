import { UsageError } from '../errors.ts'
import { openRejectedFile } from '../output/rejected-file.ts'
import type { RejectedFiles } from './item-output.ts'

/** The files of `--errors` and `--unknown`, as far as they are asked for. @throws UsageError */
export async function openRejectedFiles(
  flags: Readonly<Record<string, unknown>>,
  header: Buffer | undefined,
  cwd: string,
): Promise<RejectedFiles & { close(): Promise<void> }> {
  const encoding = flags['encoding']
  const isMarked = typeof encoding === 'string' && !/^utf-?8$/i.test(encoding)
  const open = (key: string): ReturnType<typeof openRejectedFile> | undefined => {
    const name = flags[key]
    if (name === '-') {
      throw new UsageError(
        'rejected-file',
        `--${key} names a file; - is none.`,
        'Result lines go to standard output.',
      )
    }
    return typeof name === 'string'
      ? openRejectedFile({ name, flag: `--${key}`, cwd, header, isMarked })
      : undefined
  }
  const refused = await open('errors')
  const unknown = await open('unknown')
  return {
    refused,
    unknown,
    async close() {
      await refused?.close()
      await unknown?.close()
    },
  }
}
