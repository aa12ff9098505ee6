import { flagName, parseFlag } from '../config/settings.ts'
import { delimiter, oneOf, text } from '../config/values.ts'
import { UsageError } from '../errors.ts'
import type { FileMode } from '../output/partial-file.ts'
import type { CsvStyle } from '../output/csv.ts'
import { type Format, FORMATS, outputFormat } from '../output/format.ts'
import type { Option } from './options.ts'

/** Options that say where rows go and what they look like there. */
export const OUTPUT_OPTIONS = {
  output: {
    short: 'o',
    placeholder: '<FILE>',
    description: 'write to a file, replaced only when all rows are there; - is standard output',
    group: 'Where it goes',
    parse: text,
  },
  format: {
    short: 'f',
    placeholder: '<FORMAT>',
    description:
      'ndjson (one JSON object a line), csv, tsv or json (one array); default: what the name of the file says, else ndjson',
    group: 'Where it goes',
    parse: oneOf(FORMATS),
  },
  flatten: {
    placeholder: '[SEPARATOR]',
    description: 'csv, tsv: a column for each nested value, such as PHONE.0.VALUE, or PHONE/0/VALUE with =/',
    group: 'Where it goes',
    parse: (given: string) => (given === '' ? '.' : given),
  },
  excel: {
    description: "csv for Excel in most of Europe: the same as --delimiter ';' --bom --crlf, and no formulas",
    group: 'Where it goes',
    parse: text,
  },
  delimiter: {
    placeholder: '<CHARACTER>',
    description: 'csv: what stands between two values; default: a comma',
    group: 'Where it goes',
    parse: delimiter,
  },
  noHeader: {
    description: 'csv, tsv: no line with the names of the columns',
    group: 'Where it goes',
    parse: text,
  },
  bom: {
    description: 'csv, tsv: begin with a byte order mark',
    group: 'Where it goes',
    parse: text,
  },
  crlf: {
    description: 'csv, tsv: end lines as Windows does',
    group: 'Where it goes',
    parse: text,
  },
  append: {
    description: 'ndjson, csv, tsv: add the rows to the file, all of them or none',
    group: 'Where it goes',
    parse: text,
  },
  noClobber: {
    description: 'refuse to replace a file',
    group: 'Where it goes',
    parse: text,
  },
  acceptPartial: {
    description: 'replace the file even if the rows cannot be shown to be complete (the exit code stays 3)',
    group: 'Where it goes',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

export interface OutputOptions {
  /** What `--output` says; `undefined` and `-` are standard output. */
  readonly file: string | undefined
  readonly format: Format
  readonly style: CsvStyle
  readonly isGzipped: boolean
  readonly fileMode: FileMode
  readonly acceptPartial: boolean
}

/** The same flags as a table, and those of them that only tables by commas have. */
const TABLE_FLAGS = ['flatten', 'noHeader', 'bom', 'crlf', 'excel', 'delimiter'] as const
const CSV_FLAGS = ['excel', 'delimiter'] as const

/** Reads the options of the output and refuses those that do not fit each other. @throws UsageError */
export function readOutputOptions(flags: Readonly<Record<string, unknown>>): OutputOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const asked = one('format')
  const file = one('output')
  const { format, isGzipped } = outputFormat(
    asked === undefined ? undefined : parseFlag(OUTPUT_OPTIONS.format.parse, 'format', asked),
    file,
  )
  const given = {
    flatten: one('flatten') !== undefined,
    // commander takes a flag that begins with "no" for the opposite of another, which is on from the start.
    noHeader: flags['header'] === false,
    noClobber: flags['clobber'] === false,
    bom: flags['bom'] === true,
    crlf: flags['crlf'] === true,
    excel: flags['excel'] === true,
    delimiter: one('delimiter') !== undefined,
    append: flags['append'] === true,
    acceptPartial: flags['acceptPartial'] === true,
  }
  const isTable = format === 'csv' || format === 'tsv'
  const unfit = isTable
    ? CSV_FLAGS.find((key) => format === 'tsv' && given[key])
    : TABLE_FLAGS.find((key) => given[key])
  if (unfit !== undefined) {
    const needed = CSV_FLAGS.some((key) => key === unfit) ? 'csv' : 'csv or tsv'
    throw new UsageError(
      'format-option',
      `${flagName(unfit)} means nothing to ${format}.`,
      `It is for ${needed}: add -f csv, or a name that ends in .csv.`,
    )
  }
  refuseUnfitForFiles(given, format, file)
  const delimiterText = one('delimiter')
  const flattenText = one('flatten')
  const usual = format === 'tsv' ? '\t' : given.excel ? ';' : ','
  return {
    file,
    format,
    isGzipped,
    fileMode: given.append ? 'append' : given.noClobber ? 'create' : 'replace',
    acceptPartial: given.acceptPartial,
    style: {
      delimiter:
        delimiterText === undefined
          ? usual
          : parseFlag(OUTPUT_OPTIONS.delimiter.parse, 'delimiter', delimiterText),
      hasHeader: !given.noHeader,
      hasBom: given.bom || given.excel,
      lineEnd: given.crlf || given.excel ? '\r\n' : '\n',
      escapesFormulas: given.excel,
      flatten: flattenText === undefined ? undefined : OUTPUT_OPTIONS.flatten.parse(flattenText),
    },
  }
}

function refuseUnfitForFiles(
  given: Readonly<Record<'append' | 'noClobber' | 'acceptPartial', boolean>>,
  format: Format,
  file: string | undefined,
): void {
  if (file === undefined || file === '-') {
    if (given.acceptPartial) {
      throw new UsageError(
        'accept-partial',
        '--accept-partial needs --output FILE: rows on standard output are out already.',
      )
    }
    const key = given.append ? 'append' : given.noClobber ? 'noClobber' : undefined
    if (key !== undefined) {
      throw new UsageError('needs-file', `${flagName(key)} needs --output FILE.`)
    }
  }
  if (given.append && given.noClobber) {
    throw new UsageError(
      'append-or-not',
      '--append changes a file that is there, and --no-clobber protects it.',
    )
  }
  if (format !== 'json') return
  if (given.append) {
    throw new UsageError(
      'append-json',
      '--append cannot add rows to a json array, which is closed.',
      'Use ndjson, csv or tsv.',
    )
  }
  if (given.acceptPartial) {
    throw new UsageError(
      'accept-json',
      '--accept-partial means nothing to json: an array is closed only when all rows are there, so a part is not JSON.',
      'Use ndjson, csv or tsv.',
    )
  }
}
