import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UsageError } from '../errors.ts'
import type { Context } from './context.ts'

/** What options with files in them read from. */
export type Inputs = Pick<Context, 'cwd' | 'stdin' | 'stdinIsTerminal'>

/** Reads files and, once, standard input. */
export class InputReader {
  readonly #inputs: Inputs
  #stdinReader: string | undefined

  constructor(inputs: Inputs) {
    this.#inputs = inputs
  }

  /**
   * The file of this name or, for `-`, standard input.
   *
   * @param reader the option that reads it, for messages
   * @throws UsageError if it cannot be read
   */
  async bytes(name: string, reader: string): Promise<Buffer> {
    if (name !== '-') return this.#readFile(name, reader)
    if (this.#stdinReader !== undefined) {
      throw new UsageError(
        'stdin-twice',
        `${this.#stdinReader} and ${reader} both read standard input.`,
        'Give one of them a file.',
      )
    }
    if (this.#inputs.stdinIsTerminal) {
      throw new UsageError(
        'stdin-terminal',
        `${reader} reads standard input, which is a terminal.`,
        'Pipe the JSON in, or name a file.',
      )
    }
    this.#stdinReader = reader
    return buffer(this.#inputs.stdin())
  }

  /** The same as text in UTF-8, without a byte order mark. */
  async text(name: string, reader: string): Promise<string> {
    return new TextDecoder().decode(await this.bytes(name, reader))
  }

  async #readFile(name: string, reader: string): Promise<Buffer> {
    try {
      return await readFile(resolve(this.#inputs.cwd, name))
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      throw new UsageError(
        'unreadable',
        `${reader}: the file ${name} cannot be read (${code}).`,
        'Check its name and its rights.',
      )
    }
  }
}
