import type { Setting, SettingTable } from '../config/settings.ts'
import { duration, oneOf, positiveNumber, share, text, wholeNumber, yesNo } from '../config/values.ts'
import { PROGRESS_WISHES } from '../progress/choose.ts'
import { LOG_LEVELS } from '../progress/log-entries.ts'
import { BATCH_COMMANDS, MOST_IN_FLIGHT } from '../protocol/limits.ts'
import { LOG_FORMATS } from './messages.ts'
import { REDIS_SETTING } from './redis-setting.ts'

export const SUMMARY_WISHES = ['auto', 'text', 'json', 'full', 'none'] as const
export type SummaryWish = (typeof SUMMARY_WISHES)[number]

export type OptionGroup =
  | 'What to get'
  | 'How the list is read'
  | 'What to send'
  | 'Where it goes'
  | 'Portal and network'
  | 'On the terminal'
  | 'Log and trace'
  | 'Sandbox portal'

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
  api: {
    placeholder: '<VERSION>',
    description:
      'v2 or v3: the older interface of the portal or REST 3.0, where methods of the same name are others; default: v3 for methods that are known to exist only there',
    group: 'What to get',
    parse: oneOf(['v2', 'v3']),
  },
  rowsAt: {
    placeholder: '<PATH>',
    description:
      "where the rows of an answer are, if that is not known: items, report.days, a dot for the answer itself; 'PATH{}' for the values of a map",
    group: 'How the list is read',
    parse: text,
  },
  rowId: {
    placeholder: '<NAME>',
    description:
      'what tells rows apart, if that is not known: ID, id=ID if filters spell it otherwise, or none',
    group: 'How the list is read',
    parse: text,
  },
  paging: {
    placeholder: '<DIALECT>',
    description:
      'how pages are reached, if that is not known: keyset, start, whole, offset:OFFSET,LIMIT,50, page:PAGE,SIZE, cursor:PLACE,PARAMETER, last-row:PARAMETER=MEMBER, id-filter, first-page',
    group: 'How the list is read',
    parse: text,
  },
  noLint: {
    description:
      'send parameters that are most likely misspelled, and leave out those that are said to be needed',
    group: 'What to get',
    parse: text,
  },
  limit: {
    placeholder: '<N>',
    description: 'stop after this many rows',
    group: 'What to get',
    parse: wholeNumber(1),
  },
  afterId: {
    placeholder: '<ID>',
    description: 'only rows behind this id, which is how a run that was ended early goes on',
    group: 'What to get',
    parse: wholeNumber(0),
  },
  maxDuration: {
    placeholder: '<DURATION>',
    description: 'stop after this long, with exit code 6; with --resume a later run goes on from there',
    group: 'Portal and network',
    parse: duration,
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
  polite: {
    placeholder: '<SHARE>',
    description:
      'use only this part of every limit, such as 50%, and leave the rest to whoever works with the portal',
    group: 'Portal and network',
    parse: share,
  },
  sharedLimits: {
    placeholder: '<HOW>',
    description: 'on or off: whether all programs of this user on this machine keep to the limits together',
    group: 'Portal and network',
    parse: oneOf(['on', 'off']),
    default: 'on',
  },
  stateDir: {
    placeholder: '<FOLDER>',
    description:
      'where that is kept which runs leave to each other; by default ~/.local/state/bx24, or bx24 in XDG_STATE_HOME',
    group: 'Portal and network',
    parse: text,
  },
  redis: REDIS_SETTING,
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
  concurrency: {
    placeholder: '<N>',
    description:
      `most requests in flight at a time, 1 to ${MOST_IN_FLIGHT}; by default get-all takes as many as the portal gains from, ` +
      'up to 8; other reads 6, writes and batches 2, with a journal 1, which the flag alone can raise',
    group: 'Portal and network',
    parse: wholeNumber(1, MOST_IN_FLIGHT),
  },
  caFile: {
    placeholder: '<FILE>',
    description:
      'certificates (PEM) to trust besides the usual ones, for a portal with an authority of its own',
    group: 'Portal and network',
    parse: text,
  },
  insecure: {
    description: 'check no certificates: whoever sits on the way can read the webhook and the rows',
    group: 'Portal and network',
    parse: yesNo,
    default: 'false',
  },
  allowHttp: {
    description: 'accept a webhook that begins with http://, though its code then travels unencrypted',
    group: 'Portal and network',
    parse: yesNo,
    default: 'false',
  },
  progress: {
    placeholder: '<HOW>',
    description: `${PROGRESS_WISHES.join(', ')}: auto draws a bar on a terminal; plain and json write a line now and then`,
    group: 'On the terminal',
    parse: oneOf(PROGRESS_WISHES),
    default: 'auto',
  },
  progressInterval: {
    placeholder: '<DURATION>',
    description: 'between two lines of plain or json progress; by default 30s for plain, 5s for json',
    group: 'On the terminal',
    parse: duration,
  },
  summary: {
    placeholder: '<HOW>',
    description: `${SUMMARY_WISHES.join(', ')}: the report at the end; auto is a line on a terminal, and what to do next after a failure`,
    group: 'On the terminal',
    parse: oneOf(SUMMARY_WISHES),
    default: 'auto',
  },
  logLevel: {
    placeholder: '<LEVEL>',
    description: `${LOG_LEVELS.join(', ')}: what is told besides; info are retries and waits, debug is every request`,
    group: 'Log and trace',
    parse: oneOf(LOG_LEVELS),
    default: 'warning',
  },
  logFormat: {
    placeholder: '<FORMAT>',
    description: 'text or json; with json every line on standard error is a JSON object',
    group: 'Log and trace',
    parse: oneOf(LOG_FORMATS),
    default: 'text',
  },
  logFile: {
    placeholder: '<FILE>',
    description: 'add the log to this file; standard error then gets warnings and errors alone',
    group: 'Log and trace',
    parse: text,
  },
} as const satisfies SettingTable & Readonly<Record<string, Option>>

/** Keys of settings, which every configuration file and every profile may hold. */
export const SETTING_KEYS: readonly string[] = Object.keys(SETTINGS)
