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
} as const satisfies Record<string, { values: readonly [string, ...string[]]; description: string }>

type ReadingTable = typeof READINGS
export type Readings = { readonly [Question in keyof ReadingTable]: ReadingTable[Question]['values'][number] }
