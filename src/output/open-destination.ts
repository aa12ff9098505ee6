import { type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import { atomicFile, partialName } from './atomic-file.ts'
import { type Destination } from './destination.ts'
import { directFile } from './direct-file.ts'
import { fileTarget, refuseForeignFormat } from './file-target.ts'
import { standardOutput, type StandardOutput } from './standard-output.ts'

export interface OutputRequest {
  /** What `--output` says; `undefined` and `-` are standard output. */
  readonly file: string | undefined
  readonly cwd: string
  readonly stdout: StandardOutput
  /** Files that this run reads. */
  readonly inputs: readonly InputFile[]
}

export interface InputFile {
  readonly name: string
  readonly stats: Stats
}

/**
 * Opens what the rows will go to, before the first request: what cannot be written should cost nothing.
 *
 * @throws UsageError, OutputError
 */
export async function openDestination({ file, cwd, stdout, inputs }: OutputRequest): Promise<Destination> {
  if (file === undefined || file === '-') return standardOutput(stdout)
  refuseForeignFormat(file)
  const target = await fileTarget(file, cwd)
  const { path, found } = target
  if (found !== undefined && !found.isFile()) return directFile(path)
  const partial = await stat(partialName(path)).catch(() => undefined)
  for (const input of inputs) {
    if (isSame(input.stats, found) || isSame(input.stats, partial)) {
      throw new UsageError('output-is-input', `--output ${file} is also read, as ${input.name}.`)
    }
  }
  return atomicFile(target)
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev
}
