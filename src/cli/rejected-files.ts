import { openRejectedFile } from '../output/rejected-file.ts'
import type { RejectedFiles } from './item-output.ts'

/** The files of `--errors` and `--unknown`, as far as they are asked for. @throws UsageError */
export async function openRejectedFiles(
  flags: Readonly<Record<string, unknown>>,
  header: Buffer | undefined,
  cwd: string,
): Promise<RejectedFiles & { close(): Promise<void> }> {
  const open = (key: string): ReturnType<typeof openRejectedFile> | undefined => {
    const name = flags[key]
    return typeof name === 'string' ? openRejectedFile({ name, flag: `--${key}`, cwd, header }) : undefined
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
