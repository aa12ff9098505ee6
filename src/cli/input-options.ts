import { fstatSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseFlag } from '../config/settings.ts'
import { delimiter, oneOf, text } from '../config/values.ts'
import { UsageError } from '../errors.ts'
import type { InputSource } from '../input/input-row.ts'
import { fileSource, streamSource } from '../input/sources.ts'
import type { InputFile } from '../output/open-destination.ts'
import type { Context } from './context.ts'
import { type InputOptions, valueFiles } from './input-files.ts'
import type { Option } from './options.ts'

/** Options that say how input is to be read. */
export const INPUT_OPTIONS = {
  inputFormat: {
    placeholder: '<FORMAT>',
    description:
      'ndjson, json, csv or tsv; default: what the name of the file says, else NDJSON or a JSON array by the first character',
    group: 'What to send',
    parse: oneOf(['ndjson', 'json', 'csv', 'tsv']),
  },
  encoding: {
    placeholder: '<NAME>',
    description: 'encoding of the input, such as windows-1251; default: utf-8',
    group: 'What to send',
    parse: text,
  },
  inputDelimiter: {
    placeholder: '<CHARACTER>',
    description:
      'csv: what stands between two cells; default: what the header has, comma or semicolon or tab',
    group: 'What to send',
    parse: delimiter,
  },
} as const satisfies Readonly<Record<string, Option>>

export interface InputSettings {
  readonly format: 'ndjson' | 'json' | 'csv' | 'tsv' | undefined
  readonly encoding: string
  readonly delimiter: string | undefined
}

/** @throws UsageError */
export function readInputSettings(flags: Readonly<Record<string, unknown>>): InputSettings {
  const one = <T>(key: keyof typeof INPUT_OPTIONS, parse: (given: string) => T): T | undefined => {
    const given = flags[key] as string | undefined
    return given === undefined ? undefined : parseFlag(parse, key, given)
  }
  return {
    format: one('inputFormat', INPUT_OPTIONS.inputFormat.parse),
    encoding: one('encoding', text) ?? 'utf-8',
    delimiter: one('inputDelimiter', delimiter),
  }
}

/** Input that a run works through. */
export interface OpenInput {
  readonly source: InputSource
  /** It can be read twice: once to check it, before anything is sent, and once more to send it. */
  readonly isRepeatable: boolean
  /** For keeping output off it; `undefined` if it is no file. */
  readonly file: InputFile | undefined
}

/**
 * The file that is named, or standard input for `-` and for nothing.
 *
 * @throws UsageError if standard input is a terminal, or if the parameters come from it as well; what the file has to say about itself comes with its reading
 */
export function openInput(name: string | undefined, context: Context, parameters: InputOptions): OpenInput {
  const { cwd, stdin, stdinIsTerminal } = context
  if (name !== undefined && name !== '-') {
    const path = resolve(cwd, name)
    const stats = statsOf(() => statSync(path))
    return {
      source: fileSource(path, name),
      isRepeatable: stats?.isFile() === true,
      file: stats === undefined ? undefined : { name, stats },
    }
  }
  const { params, paramJson } = parameters
  if (params === '-' || valueFiles(paramJson).includes('-')) {
    throw new UsageError(
      'stdin-twice',
      'The input and the parameters both come from standard input.',
      'Give one of them a file.',
    )
  }
  if (stdinIsTerminal) {
    throw new UsageError(
      'stdin-terminal',
      'The input is read from standard input, which is a terminal.',
      'Name a file, or pipe the input in.',
    )
  }
  const stats = statsOf(() => fstatSync(0))
  const file = stats?.isFile() === true ? { name: 'standard input', stats } : undefined
  // A file that somebody has begun to read must not be read from its start again.
  if (file !== undefined && isAtStart()) {
    return { source: fileSource('/dev/stdin', 'standard input'), isRepeatable: true, file }
  }
  const opened: InputSource = {
    name: 'standard input',
    open: () => streamSource(stdin(), 'standard input').open(),
  }
  return { source: opened, isRepeatable: false, file }
}

/** Known on Linux, where opening /dev/stdin anew also begins at the start. */
function isAtStart(): boolean {
  try {
    return /^pos:\s*0$/m.test(readFileSync('/proc/self/fdinfo/0', 'latin1'))
  } catch {
    return false
  }
}

function statsOf<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
