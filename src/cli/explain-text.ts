import type { Estimate } from '../operations/explain/estimate.ts'
import type { Explanation } from '../operations/explain/explanation.ts'
import type { Command } from '../protocol/types.ts'
import { cleanText } from './clean-text.ts'

/** An explanation in words, a fact a line. */
export function explainText(told: Explanation): string {
  const facts: [string, string][] = [
    ['method', `${told.method}${told.api === 'v3' ? ', of REST 3.0' : ''}`],
    ['known from', sourceWords(told)],
    ...(told.words === null ? unknownFacts(told) : knownFacts(told, told.words)),
    ...told.needs.map((names): [string, string] => ['needs', names.join(' or ')]),
    ...(told.positions === null
      ? []
      : ([['parameters', `by position: ${told.positions.join(', ')}`]] as [string, string][])),
    ...(told.deprecated === null
      ? []
      : ([['deprecated', told.deprecated === '' ? 'yes' : `use ${told.deprecated}`]] as [string, string][])),
    ...told.notices.map((notice): [string, string] => ['note', notice]),
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, text]) => `${name.padEnd(width)}  ${cleanText(text)}\n`).join('')
}

function sourceWords({ knownFrom, source, shape }: Explanation): string {
  switch (knownFrom) {
    case 'table':
      return `the table of methods, after ${source}`
    case 'user':
      return 'the options'
    case 'recognition':
      return `what the portal answered; the same as options: ${shape ?? ''}`
    case 'nothing':
      return 'nothing: it is not in the table of methods'
  }
}

function unknownFacts({ method }: Explanation): [string, string][] {
  return [
    [
      'get-all',
      'looks at the first page and, where that does not show how pages are reached, asks one batch of questions; what stays unclear is refused with the option that settles it',
    ],
    ['next', `bx24 explain ${method} --probe asks that now`],
  ]
}

function knownFacts(told: Explanation, words: NonNullable<Explanation['words']>): [string, string][] {
  const { rows, id, first, range, select } = told
  const at = rows.at === '' ? 'result' : `result.${rows.at}`
  const ends = [
    ...(range.after === null ? [] : [`greater than ${range.after}`]),
    ...(range.upTo === null ? [] : [`up to ${range.upTo}`]),
  ]
  return [
    ['rows', `in ${at}, ${FORMS[rows.form]}`],
    ['id', id === null ? 'nothing tells rows apart' : idWords(id)],
    ...(ends.length === 0 ? [] : ([['ids', ends.join(' and ')]] as [string, string][])),
    ...(select === null ? [] : ([['fields', select.join(', ')]] as [string, string][])),
    ['pages', words.pages],
    ['end', words.end],
    ['requests', words.requests],
    ...(first === null ? [] : ([['first', firstWords(first)]] as [string, string][])),
    ...(told.estimate === null ? [] : estimateWords(told.estimate)),
    ['count', told.isCounted ? `bx24 count ${told.method} tells how many rows there are` : 'not to be had'],
  ]
}

const FORMS: Readonly<Record<Explanation['rows']['form'], string>> = {
  array: 'a list',
  keyed: 'the values of a map',
  grouped: 'in groups',
  'array-or-row': 'a list, or one row by itself',
}

function idWords({ inRows, inFilter, isNumber }: NonNullable<Explanation['id']>): string {
  const other = inFilter === inRows ? '' : `, ${inFilter} in filter and order`
  return `${inRows}${other}${isNumber ? '' : ', which is no number'}`
}

function firstWords({ isBatch, commands, forFields }: NonNullable<Explanation['first']>): string {
  const all = commands.map(commandWords).join(' and ')
  const first = isBatch ? `batch of ${all}` : all
  if (forFields === null) return first
  return `${commandWords(forFields)} for the names of fields; then, with these selected, ${first}`
}

function commandWords({ method, params }: Command): string {
  return `${method} ${JSON.stringify(params)}`
}

function estimateWords(estimate: Estimate): [string, string][] {
  const { rows, pages, requests, portalSeconds, secondsForFiftyRows, budgetSeconds, budgetShare } = estimate
  const count = (value: number): string => value.toLocaleString('en-US')
  const some = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`
  return [
    [
      'cost',
      `${some(rows, 'row')} are about ${some(pages, 'page')} in ${some(requests, 'request')} and ${count(portalSeconds)} s of the portal, assumed ${secondsForFiftyRows} s for 50 rows, which has some reserve`,
    ],
    [
      'budget',
      budgetSeconds === null || budgetShare === null
        ? 'the plan has no limit of operating time'
        : `${(budgetShare * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} % of the ${budgetSeconds} s that a method may run in ten minutes${
            estimate.leastMinutes === 0 ? '' : `, so it takes ${estimate.leastMinutes} minutes at the least`
          }`,
    ],
  ]
}
