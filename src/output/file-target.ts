import type { Stats } from 'node:fs'
import { access, constants, lstat, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { openFailure, systemCode } from './write-failure.ts'

/** A file that rows may go to: the real one, behind every symbolic link. */
export interface FileTarget {
  readonly path: string
  /** What stands there now. */
  readonly found: Stats | undefined
}

/** Finds out what a file name leads to, before anything is sent. @throws UsageError, OutputError */
export async function fileTarget(file: string, cwd: string): Promise<FileTarget> {
  // A slash at the end means a folder; resolving the name would drop it, and a file would come of it.
  if (file === '' || /[/\\]\.?$/.test(file)) {
    throw new UsageError(
      'output-is-folder',
      file === '' ? '--output is empty.' : `--output ${file} is a folder.`,
      'Name a file in it.',
    )
  }
  const path = await behindLinks(resolve(cwd, file), file)
  const found = await statIfThere(path, file)
  if (found?.isDirectory() === true) {
    throw new UsageError('output-is-folder', `--output ${file} is a folder.`, 'Name a file in it.')
  }
  if (found !== undefined) await refuseIfProtected(path, file)
  return { path, found }
}

/** The path with its links resolved; the last part need not exist. */
async function behindLinks(path: string, file: string, depth = 0): Promise<string> {
  const folder = await realFolder(dirname(path), file)
  const real = join(folder, basename(path))
  let isLink: boolean
  try {
    isLink = (await lstat(real)).isSymbolicLink()
  } catch {
    return real
  }
  if (!isLink) return real
  // What /dev/stdout leads to has a name that cannot be followed by hand; the system knows the way.
  const existing = await realpath(real).catch(() => undefined)
  if (existing !== undefined) return existing
  if ((await stat(real).catch(() => undefined)) !== undefined) return real
  if (depth === 40)
    throw new UsageError('output-folder', `--output ${file}: the link leads round in a circle.`)
  return behindLinks(resolve(folder, await readlink(real)), file, depth + 1)
}

async function realFolder(folder: string, file: string): Promise<string> {
  try {
    const real = await realpath(folder)
    if ((await stat(real)).isDirectory()) return real
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw openFailure(error, file)
  }
  throw new UsageError('output-folder', `--output ${file}: there is no folder ${folder}.`, 'Create it first.')
}

async function statIfThere(path: string, file: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error: unknown) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw openFailure(error, file)
  }
}

/** A rename would replace a write-protected file all the same; whoever protected it did not want that. */
async function refuseIfProtected(path: string, file: string): Promise<void> {
  try {
    await access(path, constants.W_OK)
  } catch (error: unknown) {
    throw openFailure(error, file)
  }
}
