import { parseFlag } from '../config/settings.ts'
import { text } from '../config/values.ts'
import { apiOf } from '../protocol/api.ts'
import type { ApiVersion } from '../protocol/types.ts'
import type { CommandSpec } from './command-spec.ts'
import { INPUT_OPTIONS, type InputSettings, readInputSettings } from './input-options.ts'
import { type Option, RUN_OPTIONS } from './options.ts'
import { OUTPUT_OPTIONS, type OutputOptions, readOutputOptions } from './output-options.ts'
import { type MaxErrors, SEND_OPTIONS } from './send-options.ts'

const { api, param, paramJson, params, sandbox } = RUN_OPTIONS
const { empty, maxErrors, errors, unknown, idempotent, yes, dryRun } = SEND_OPTIONS

const OWN_OPTIONS = {
  into: {
    placeholder: '<PARAM>',
    description: 'put every column but the id below this parameter, such as fields',
    group: 'What to send',
    parse: text,
  },
  field: {
    placeholder: '<PARAM=TEXT>',
    description:
      'a parameter put together from columns: fields[TITLE]={NAME} {LAST_NAME}; the id goes with it',
    group: 'What to send',
    repeatable: true,
    parse: text,
  },
  key: {
    placeholder: '<COLUMN>',
    description: 'repeat this column of the input in the result line, such as the id in another system',
    group: 'What to send',
    parse: text,
  },
  serial: {
    description: 'strictly in the order of the input, one request after the other',
    group: 'What to send',
    parse: text,
  },
  journal: {
    placeholder: '<FILE>',
    description: 'write down what is sent and what became of it; the same command goes on where it was ended',
    group: 'What to send',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

export const CALL = {
  name: 'call',
  summary: 'Call a method once for each row of the input, packed into batches',
  description:
    'A row holds the parameters of one call: NDJSON, a JSON array, or a table whose header names parameters, such as ' +
    'id,fields[TITLE]. One result line comes out for each row, in the same order. A write whose answer was lost is not sent ' +
    'again: its outcome is unknown.',
  argument: { name: 'METHOD', description: 'any method, such as crm.deal.update' },
  furtherArgument: {
    name: 'FILE',
    description: 'the input; - or nothing is standard input',
    isOptional: true,
  },
  examples: [
    { does: 'changes from another program', command: 'jq -c . changes.json | bx24 call crm.deal.update' },
    {
      does: 'a table whose columns are fields, and what was refused into a file',
      command: 'bx24 call crm.deal.update deals.csv --into fields --errors refused.csv -o results.ndjson',
    },
    {
      does: 'new leads that may not come twice, even if the run is killed and started again',
      command: 'bx24 call crm.lead.add leads.csv --into fields --key XML_ID --journal leads.journal',
    },
    {
      does: 'see what would be sent',
      command: 'bx24 call crm.deal.update deals.csv --into fields --dry-run',
    },
  ],
  options: {
    ...INPUT_OPTIONS,
    ...OWN_OPTIONS,
    empty,
    api,
    param,
    paramJson,
    params,
    maxErrors,
    idempotent,
    yes,
    dryRun,
    errors,
    unknown,
    ...OUTPUT_OPTIONS,
    sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

/** What a run of `call` was asked for. */
export interface CallOptions {
  readonly method: string
  readonly api: ApiVersion
  readonly inputName: string | undefined
  readonly input: InputSettings
  readonly param: readonly string[]
  readonly paramJson: readonly string[]
  readonly params: string | undefined
  readonly into: string | undefined
  readonly fields: readonly string[]
  readonly sendsEmpty: boolean
  readonly key: string | undefined
  readonly isSerial: boolean
  readonly isIdempotent: boolean
  readonly isConfirmed: boolean
  readonly isDryRun: boolean
  readonly journal: string | undefined
  readonly maxErrors: MaxErrors | undefined
  readonly output: OutputOptions
  readonly sandbox: string | undefined
  readonly flags: Readonly<Record<string, unknown>>
}

/** @throws UsageError */
export function readCallOptions(
  method: string,
  inputName: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): CallOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const parsed = <T>(key: string, parse: (given: string) => T): T | undefined => {
    const given = one(key)
    return given === undefined ? undefined : parseFlag(parse, key, given)
  }
  return {
    method,
    api: apiOf(method, parsed('api', api.parse)),
    inputName,
    input: readInputSettings(flags),
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    into: one('into'),
    fields: several('field'),
    sendsEmpty: parsed('empty', empty.parse) === 'clear',
    key: one('key'),
    isSerial: flags['serial'] === true,
    isIdempotent: flags['idempotent'] === true,
    isConfirmed: flags['yes'] === true,
    isDryRun: flags['dryRun'] === true,
    journal: one('journal'),
    maxErrors: parsed('maxErrors', maxErrors.parse),
    output: readOutputOptions(flags),
    sandbox: one('sandbox'),
    flags,
  }
}
