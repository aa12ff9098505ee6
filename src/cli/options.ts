import { type Setting, type SettingTable } from '../config/settings.ts'
import { duration, oneOf, positiveNumber, text, wholeNumber } from '../config/values.ts'
import { BATCH_COMMANDS } from '../protocol/limits.ts'

export type OptionGroup =
  'What to get' | 'Where it goes' | 'Portal and network' | 'On the terminal' | 'Sandbox portal'

/** One option: commander, help, docs, environment and configuration files are all made from this. */
export interface Option<T = unknown> extends Setting<T> {
  readonly short?: string
  /** What stands for the value in help, such as `<N>`; in square brackets if the value may be left out. None: a switch. */
  readonly placeholder?: string
  readonly description: string
  readonly group: OptionGroup
  readonly repeatable?: true
}

/** What belongs to one run, so that neither the environment nor a file may say it. */
export const RUN_OPTIONS = {
  param: {
    short: 'p',
    placeholder: '<KEY=VALUE>',
    description: 'parameter of the method, as text: filter[CATEGORY_ID]=3',
    group: 'What to get',
    repeatable: true,
    parse: text,
  },
  paramJson: {
    short: 'P',
    placeholder: '<KEY=JSON>',
    description: 'parameter of the method, as JSON, from a file (KEY=@FILE) or from standard input (KEY=@-)',
    group: 'What to get',
    repeatable: true,
    parse: text,
  },
  params: {
    placeholder: '<FILE>',
    description: 'all parameters as one JSON object, from a file or, with -, from standard input',
    group: 'What to get',
    parse: text,
  },
  where: {
    placeholder: '<EXPR>',
    description: "condition, such as 'STAGE_ID in NEW,WON' or 'OPPORTUNITY >= 1000'; several are ANDed",
    group: 'What to get',
    repeatable: true,
    parse: text,
  },
  select: {
    placeholder: '<FIELDS>',
    description: 'fields to get, separated by commas; * and UF_* stand for many',
    group: 'What to get',
    parse: text,
  },
  limit: {
    placeholder: '<N>',
    description: 'stop after this many rows',
    group: 'What to get',
    parse: wholeNumber(1),
  },
  output: {
    short: 'o',
    placeholder: '<FILE>',
    description: 'write to a file, replaced only when all rows are there; - is standard output',
    group: 'Where it goes',
    parse: text,
  },
  acceptPartial: {
    description: 'replace the file even if the rows cannot be shown to be complete (the exit code stays 3)',
    group: 'Where it goes',
    parse: text,
  },
  sandbox: {
    placeholder: '[KEY=VALUE,...]',
    description: 'run against a sandbox portal started for this run alone, such as --sandbox=rows=120',
    group: 'Portal and network',
    parse: (given: string) => given,
  },
} as const satisfies Readonly<Record<string, Option>>

/** What belongs to the surroundings: flag, `BX24_*` variable, key of `.bitrixrc`, default, in this order. */
export const SETTINGS = {
  plan: {
    placeholder: '<PLAN>',
    description:
      "the portal's plan, which sets its limits: standard, enterprise, or box for self-hosted portals",
    group: 'Portal and network',
    parse: oneOf(['standard', 'enterprise', 'box']),
    default: 'standard',
  },
  burst: {
    placeholder: '<N>',
    description:
      'requests that may be sent at once; in the cloud not above the plan (standard 50, enterprise 250)',
    group: 'Portal and network',
    parse: wholeNumber(1),
  },
  tps: {
    placeholder: '<N>',
    description: 'requests a second after that; in the cloud not above the plan (standard 2, enterprise 5)',
    group: 'Portal and network',
    parse: positiveNumber,
  },
  retries: {
    placeholder: '<N>',
    description: 'further attempts after a failure that may pass; 0 is none',
    group: 'Portal and network',
    parse: wholeNumber(0, 100),
    default: '5',
  },
  maxWait: {
    placeholder: '<DURATION>',
    description:
      'longest single wait for one of the limits of the portal; beyond it the run ends with exit code 5',
    group: 'Portal and network',
    parse: duration,
    default: '15m',
  },
  timeout: {
    placeholder: '<DURATION>',
    description: 'longest wait for an answer; the portal itself gives up after 60 s',
    group: 'Portal and network',
    parse: duration,
    default: '75s',
  },
  connectTimeout: {
    placeholder: '<DURATION>',
    description: 'longest wait for a connection',
    group: 'Portal and network',
    parse: duration,
    default: '10s',
  },
  batchSize: {
    placeholder: '<N>',
    description: `most pages to ask for in one request, 1 to ${BATCH_COMMANDS}; fewer are asked for while pages are slow`,
    group: 'Portal and network',
    parse: wholeNumber(1, BATCH_COMMANDS),
    default: String(BATCH_COMMANDS),
  },
  progress: {
    placeholder: '<WHEN>',
    description: 'auto shows progress on a terminal, none never does',
    group: 'On the terminal',
    parse: oneOf(['auto', 'none']),
    default: 'auto',
  },
} as const satisfies SettingTable & Readonly<Record<string, Option>>

/** Keys that a configuration file may hold. */
export const FILE_KEYS: readonly string[] = ['webhook', ...Object.keys(SETTINGS)]
