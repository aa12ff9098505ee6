import { oneOf, text, ValueError } from '../config/values.ts'
import { OUR_CODES } from '../operations/dispatch/fate.ts'
import type { Stop } from '../operations/dispatch/options.ts'
import type { Item } from '../operations/dispatch/unit.ts'
import { OwnLimitError } from '../errors.ts'
import type { Option } from './options.ts'

/** Inputs after which a share of failures means something. */
const LEAST_FOR_SHARE = 100

/** How many failures are too many: a number, or a share of the inputs so far. */
export type MaxErrors = { readonly count: number } | { readonly share: number }

export function maxErrors(given: string): MaxErrors {
  const [, number = '', percent] = /^(\d+(?:\.\d+)?)(%)?$/.exec(given) ?? []
  const value = number === '' ? Number.NaN : Number(number)
  if (percent === '%' && value <= 100) return { share: value / 100 }
  if (percent === undefined && Number.isSafeInteger(value)) return { count: value }
  throw new ValueError('must be a number, such as 10, or a share, such as 5%')
}

/** Options of what is done for many inputs. */
export const SEND_OPTIONS = {
  errors: {
    placeholder: '<FILE>',
    description: 'hand back the inputs that were refused or not sent, so that they can be input again',
    group: 'Where it goes',
    parse: text,
  },
  unknown: {
    placeholder: '<FILE>',
    description: 'hand back the inputs of which nobody knows whether they were carried out',
    group: 'Where it goes',
    parse: text,
  },
  maxErrors: {
    placeholder: '<N|P%>',
    description: `end the run (exit code 6) after more than N failures, or a share of them from the ${LEAST_FOR_SHARE}th input on`,
    group: 'What to send',
    parse: maxErrors,
  },
  idempotent: {
    description: 'doing a call twice does no harm: send again what was not answered',
    group: 'What to send',
    parse: text,
  },
  yes: {
    description:
      'do not ask before deletions and changes of more than 100 rows; needed for deletions without a terminal',
    group: 'What to send',
    parse: text,
  },
  dryRun: {
    description: 'show the calls that would be made, as NDJSON, and send nothing',
    group: 'What to send',
    parse: text,
  },
  empty: {
    placeholder: '<HOW>',
    description: 'skip or clear: an empty cell is left out (default), or sent as an empty value',
    group: 'What to send',
    parse: oneOf(['skip', 'clear']),
  },
} as const satisfies Readonly<Record<string, Option>>

/** Ends the run once there are more failures than `most`. */
export function stopAfterErrors(most: MaxErrors | undefined): ((item: Item) => Stop | undefined) | undefined {
  if (most === undefined) return undefined
  let failed = 0
  let all = 0
  return ({ fate }) => {
    all++
    if (fate?.outcome === 'done') return undefined
    failed++
    const isTooMany =
      'count' in most ? failed > most.count : all >= LEAST_FOR_SHARE && failed / all > most.share
    if (!isTooMany) return undefined
    // 0.07 * 100 is not 7.
    const limit = 'count' in most ? String(most.count) : `${Number((most.share * 100).toPrecision(12))}%`
    return {
      error: new OwnLimitError(
        `More failures than --max-errors ${limit} allows: ${failed} of ${all}.`,
        'The result lines say what failed.',
      ),
      code: OUR_CODES.notSent,
      description: 'Not sent: --max-errors ended the run.',
    }
  }
}
