import { fstat, fsync, writeFile } from 'node:fs'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import type { Destination } from './destination.ts'
import { writeFailure } from './write-failure.ts'

const NAME = 'standard output'

/** Standard output: the stream, and its descriptor if it has one. */
export interface StandardOutput {
  readonly stream: Writable
  readonly descriptor: number | undefined
}

/**
 * Rows to standard output. Nothing is undone on failure: what was written has been read.
 *
 * A file behind it is written past Node's stream, which takes a write that was cut short by a full disk for a whole one.
 */
export async function standardOutput({ stream, descriptor }: StandardOutput): Promise<Destination> {
  const isFile = descriptor !== undefined && (await leadsToFile(descriptor))
  return {
    write: (chunk) => (isFile ? writeToDescriptor(descriptor, chunk) : writeToStream(stream, chunk)),
    commit: () => (isFile ? sync(descriptor) : Promise.resolve()),
    abandon: () => Promise.resolve(undefined),
  }
}

/** Writes to a stream and waits until it has taken everything. @throws BrokenPipeError, OutputError */
export async function writeToStream(stream: Writable, chunk: Buffer | string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      stream.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  } catch (error: unknown) {
    throw writeFailure(error, NAME)
  }
}

async function leadsToFile(descriptor: number): Promise<boolean> {
  try {
    return (await promisify(fstat)(descriptor)).isFile()
  } catch {
    return false
  }
}

async function writeToDescriptor(descriptor: number, chunk: Buffer): Promise<void> {
  try {
    await promisify(writeFile)(descriptor, chunk)
  } catch (error: unknown) {
    throw writeFailure(error, NAME)
  }
}

/** Some file systems speak of a full disk only now. */
async function sync(descriptor: number): Promise<void> {
  try {
    await promisify(fsync)(descriptor)
  } catch (error: unknown) {
    throw writeFailure(error, NAME)
  }
}
