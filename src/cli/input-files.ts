import { fstat } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { type InputFile } from '../output/open-destination.ts'

export interface InputOptions {
  readonly params: string | undefined
  readonly paramJson: readonly string[]
  /** Files that settings and the webhook are read from. */
  readonly settingsFiles: readonly string[]
}

/** `KEY=@file`; an equals sign in brackets belongs to the key, as in `filter[>=ID]`. */
const FILE_VALUE = /^(?:[^=[]|\[[^\]]*\])*=@(.+)$/s

/** The files that a run reads, so that its output can be kept off them. */
export async function inputFiles(
  { params, paramJson, settingsFiles }: InputOptions,
  cwd: string,
): Promise<InputFile[]> {
  const names = [params, ...paramJson.map((given) => FILE_VALUE.exec(given)?.[1]), ...settingsFiles]
  const found = await Promise.all(names.map((name) => inputFile(name, cwd)))
  return found.filter((file) => file !== undefined)
}

/** A file that is missing is none here: whoever reads it says so. */
async function inputFile(name: string | undefined, cwd: string): Promise<InputFile | undefined> {
  if (name === undefined) return undefined
  try {
    if (name === '-') return { name: 'standard input', stats: await promisify(fstat)(0) }
    return { name, stats: await stat(resolve(cwd, name)) }
  } catch {
    return undefined
  }
}
