import { fstat } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { InputFile } from '../output/open-destination.ts'

export interface InputOptions {
  readonly params: string | undefined
  readonly paramJson: readonly string[]
}

/** `KEY=@file`; an equals sign in brackets belongs to the key, as in `filter[>=ID]`. */
const FILE_VALUE = /^(?:[^=[]|\[[^\]]*\])*=@(.+)$/s

/** The files that `-P KEY=@FILE` names; standard input is none. */
export function valueFiles(paramJson: readonly string[]): string[] {
  return paramJson.flatMap((given) => FILE_VALUE.exec(given)?.[1] ?? [])
}

/** The file that `--data @FILE` names, or `-`; `undefined` for JSON on the command line. */
export function dataFile(data: string): string | undefined {
  if (data === '-') return data
  return data.startsWith('@') ? data.slice(1) : undefined
}

/** The files that a run reads, so that its output can be kept off them. */
export async function inputFiles({ params, paramJson }: InputOptions, cwd: string): Promise<InputFile[]> {
  const names = [params, ...valueFiles(paramJson)]
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
