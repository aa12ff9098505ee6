import { badValue, choice } from './setting-values.ts'

/**
 * Points on which sources about the real portal disagree. The first value is the default; a client should be right
 * under each.
 */
export const READINGS = {
  bill: {
    values: ['nested', 'separate', 'batch-half', 'none'],
    description:
      'what a batch is charged to: each method in it; the same on counters apart from direct calls; the method batch at half its time; nothing',
  },
  'auth-status': {
    values: ['401', '403', '400'],
    description: 'HTTP status of INVALID_CREDENTIALS and insufficient_scope',
  },
  'refused-counts': {
    values: ['yes', 'no'],
    description: 'whether a refused request raises the request counter',
  },
  unresolved: {
    values: ['reached', 'empty', 'literal'],
    description:
      'what a $result reference becomes when a step is missing: the value reached so far, nothing, its own text',
  },
  'array-filter': {
    values: ['cast', 'error'],
    description: 'an array or nothing in filter[>ID] of older CRM methods: cast to 1 or 0, or error 400',
  },
  'start-minus-one': {
    values: ['documented', 'total-zero', 'absent'],
    description: 'total with start=-1: 0 in older methods and absent in controllers; 0 in all; absent in all',
  },
  'select-id': { values: ['absent', 'present'], description: 'the id in rows whose select does not name it' },
  'tasks-count': {
    values: ['free', 'counted'],
    description:
      'tasks.task.list with start=-1 in a batch or a JSON body: free of the count, or billed for it',
  },
  'batch-filter': {
    values: ['on', 'off'],
    description:
      'parameters of commands in a batch that look like an attack: broken by blanks, or left as they are',
  },
  'old-refresh': {
    values: ['dead', 'grace', 'until-used', 'alive'],
    description:
      'what becomes of a refresh token that was used: dead at once; dead after 10 s; dead as soon as a token of the new pair is used; good all the same',
  },
  'non-ascii': {
    values: ['raw', 'escaped'],
    description: 'other letters than ASCII: as they are, or as \\uXXXX',
  },
  totals: {
    values: ['documented', 'zero', 'minus-one', 'absent'],
    description: 'total of lists of another dialect that give one: as documented, always 0, always -1, none',
  },
  'short-pages': {
    values: ['no', 'yes'],
    description:
      'pages of lists of another dialect: full up to the end, or short wherever there are rows that the user may not read',
  },
  'past-end': {
    values: ['empty', 'last', 'first'],
    description: 'a page behind the end of such a list: no rows, the last page again, the first one again',
  },
  'id-ranges': {
    values: ['honoured', 'ignored'],
    description: 'conditions on the id in such a list: honoured, or dropped without a word',
  },
  'id-type': {
    values: ['documented', 'text', 'number'],
    description: 'ids of such a list: as documented, as texts, as numbers',
  },
  'undocumented-paging': {
    values: ['whole', 'start'],
    description: 'lists with a total and no documented paging: in one answer, or in pages by start',
  },
  'cut-start': {
    values: ['repeats', 'ends'],
    description: 'next behind a start that was cut down: the same again for ever, or none',
  },
  'odd-rows': {
    values: ['no', 'yes'],
    description: 'null, texts, numbers, false and [] in place of some rows of such a list',
  },
  'v3-limit': {
    values: ['old', 'new'],
    description: 'REST 3.0 above the request limit: 503 as in the older API, or 429 in its own words',
  },
  'app-methods': {
    values: ['refused', 'served'],
    description: 'methods for applications only, called with a webhook',
  },
} as const satisfies Record<string, { values: readonly [string, ...string[]]; description: string }>

type ReadingTable = typeof READINGS
export type Readings = { readonly [Question in keyof ReadingTable]: ReadingTable[Question]['values'][number] }

/** Reads `QUESTION=VALUE`, each of them once or not at all. @throws SandboxSettingError */
export function readingsFrom(texts: readonly string[]): Readings {
  const readings: Record<string, string> = {}
  for (const [question, { values }] of Object.entries(READINGS)) readings[question] = values[0]
  for (const one of texts.filter((given) => given !== '')) {
    const equals = one.indexOf('=')
    const question = equals < 0 ? one : one.slice(0, equals)
    const values: readonly string[] | undefined = Object.hasOwn(READINGS, question)
      ? READINGS[question as keyof Readings].values
      : undefined
    if (values === undefined)
      throw badValue('reading', one, `QUESTION=VALUE with one of ${Object.keys(READINGS).join(', ')}`)
    readings[question] = choice(`reading ${question}`, one.slice(equals + 1), values)
  }
  return readings as unknown as Readings
}
