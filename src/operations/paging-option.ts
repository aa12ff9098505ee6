import { UsageError } from '../errors.ts'
import type { EndMark, Paging } from '../protocol/methods/list-method.ts'
import { bracketPath } from '../protocol/params.ts'
import type { Place } from '../protocol/places.ts'

/** Rows of a page where nothing is said. */
const PAGE_ROWS = 50

const EMPTY_PAGE: EndMark = { by: 'empty-page' }

/** What stands behind the colon: names and places, the number of rows of a page, and a mark that there is more. */
interface Words {
  readonly places: readonly string[]
  readonly pageRows: number
  readonly more: Place | undefined
}

/** How each dialect is written, for messages. */
const FORMS = {
  keyset: 'keyset',
  start: 'start[:N]',
  offset: 'offset:OFFSET[,LIMIT][,N][,more=PLACE]',
  page: 'page:PAGE[,SIZE][,N][,more=PLACE]',
  'last-row': 'last-row:PARAMETER=MEMBER[,LIMIT][,N]',
  cursor: 'cursor:PLACE,PARAMETER[,LIMIT][,N]',
  'id-filter': 'id-filter[:LIMIT][,N]',
  'first-page': 'first-page[:LIMIT][,N]',
  whole: 'whole',
} as const

type Dialect = keyof typeof FORMS

/** How many names each takes: at the least and at the most. */
const NAMES: Readonly<Record<Dialect, readonly [number, number]>> = {
  keyset: [0, 0],
  start: [0, 0],
  offset: [1, 2],
  page: [1, 2],
  'last-row': [1, 2],
  cursor: [2, 3],
  'id-filter': [0, 1],
  'first-page': [0, 1],
  whole: [0, 0],
}

/**
 * Reads `offset:params.offset,params.limit,50`: the dialect, the parameters that it takes, and the rows of a page.
 *
 * @throws UsageError for anything else, with what is written instead
 */
export function parsePaging(text: string): Paging {
  const [, dialect = '', rest = ''] = /^([a-z-]+)(?::(.+))?$/.exec(text) ?? []
  if (!isDialect(dialect)) {
    throw new UsageError(
      'paging',
      `"${text}" is no way to reach pages.`,
      `--paging takes ${Object.keys(FORMS).join(', ')}.`,
    )
  }
  const words = readWords(rest)
  const [least, most] = NAMES[dialect]
  if (words === undefined || words.places.length < least || words.places.length > most)
    throw malformed(text, dialect)
  return pagingOf(dialect, words, text)
}

function isDialect(word: string): word is Dialect {
  return Object.hasOwn(FORMS, word)
}

function pagingOf(dialect: Dialect, { places, pageRows, more }: Words, text: string): Paging {
  const [first = '', second, third] = places
  const limit = second === undefined ? undefined : place(second)
  const end: EndMark = more === undefined ? EMPTY_PAGE : { by: 'more-mark', at: more, isMoreIf: true }
  switch (dialect) {
    case 'keyset':
    case 'whole':
      return { by: dialect }
    case 'start':
      return { by: 'start', pageRows }
    case 'offset':
      return { by: 'offset', offset: place(first), limit, pageRows, isByPageSize: false, end }
    case 'page':
      return { by: 'page', page: place(first), size: limit, first: 1, pageRows, end }
    case 'last-row': {
      const from = first.split('+').map((pair) => {
        const [to = '', member] = pair.split('=')
        if (to === '' || member === undefined || member === '') throw malformed(text, dialect)
        return { to: place(to), member }
      })
      return { by: 'last-row', from, begin: {}, isFalling: false, limit, pageRows, end }
    }
    case 'cursor': {
      const size = third === undefined ? undefined : place(third)
      const mark = more === undefined ? undefined : { at: more, isMoreIf: true }
      return { by: 'cursor', from: place(first), to: place(second ?? ''), limit: size, pageRows, more: mark }
    }
    case 'id-filter':
    case 'first-page':
      return { by: dialect, limit: first === '' ? undefined : place(first), pageRows }
  }
}

function readWords(text: string): Words | undefined {
  const words = text === '' ? [] : text.split(',').map((word) => word.trim())
  const more = words.find((word) => word.startsWith('more='))?.slice('more='.length)
  const size = words.find((word) => /^\d{1,6}$/.test(word))
  const places = words.filter((word) => word !== size && !word.startsWith('more='))
  if (places.includes('') || more === '' || size === '0' || places.some((word) => /^\d+$/.test(word)))
    return undefined
  return {
    places,
    pageRows: size === undefined ? PAGE_ROWS : Number(size),
    more: more === undefined ? undefined : place(more),
  }
}

/** `params.offset` or `params[offset]`. */
export function place(text: string): Place {
  return text.includes('[') ? bracketPath(text) : text.split('.')
}

/** The same paging as it is written. */
export function pagingText(paging: Paging): string {
  switch (paging.by) {
    case 'keyset':
    case 'whole':
      return paging.by
    case 'start':
      return paging.pageRows === PAGE_ROWS ? 'start' : `start:${paging.pageRows}`
    case 'offset':
      return written('offset', [paging.offset, paging.limit], paging.pageRows, endMark(paging.end))
    case 'page':
      return written('page', [paging.page, paging.size], paging.pageRows, endMark(paging.end))
    case 'last-row': {
      const from = paging.from.map(({ to, member }) => `${to.join('.')}=${member}`).join('+')
      return written('last-row', [[from], paging.limit], paging.pageRows, endMark(paging.end))
    }
    case 'cursor':
      return written('cursor', [paging.from, paging.to, paging.limit], paging.pageRows, paging.more?.at)
    case 'id-filter':
    case 'first-page':
      return written(paging.by, [paging.limit], paging.pageRows, undefined)
  }
}

function written(
  dialect: string,
  places: readonly (Place | undefined)[],
  pageRows: number,
  more: Place | undefined,
): string {
  const words = places.flatMap((one) => (one === undefined ? [] : [one.join('.')]))
  return `${dialect}:${[...words, String(pageRows), ...(more === undefined ? [] : [`more=${more.join('.')}`])].join(',')}`
}

function endMark(end: EndMark): Place | undefined {
  return end.by === 'more-mark' ? end.at : undefined
}

function malformed(text: string, dialect: Dialect): UsageError {
  return new UsageError(
    'paging',
    `"${text}" does not say how pages are reached.`,
    `It is written ${FORMS[dialect]}, such as --paging offset:params.offset,params.limit,50.`,
  )
}
