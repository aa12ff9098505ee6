import { text } from '../config/values.ts'
import type { Option } from './options.ts'

/** Options that say which ids. */
export const ID_OPTIONS = {
  ids: {
    placeholder: '<IDS>',
    description: 'ids, separated by commas, in place of a file',
    group: 'What to get',
    parse: text,
  },
  idsFrom: {
    placeholder: '<FIELD>',
    description: 'where the input has rows: the field with the id; default: the only one, else ID or id',
    group: 'What to get',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>
