import type { EndMark, ListMethod, MoreMark, Paging } from '../../protocol/methods/list-method.ts'
import { bracketName } from '../../protocol/params.ts'
import type { Place } from '../../protocol/places.ts'

/** How the pages of a list are read, in words. */
export interface PagingWords {
  /** How a page is reached. */
  readonly pages: string
  /** What shows that there are no more rows. */
  readonly end: string
  /** What goes in a request, and what goes at the same time. */
  readonly requests: string
}

const ONE_BY_ONE = 'a page in each, one after another'

export function pagingWords(method: ListMethod): PagingWords {
  const { paging } = method
  switch (paging.by) {
    case 'keyset':
      return {
        pages: `by id: each page asks for ${idOf(method)} greater than the last one, with ${paging.start ?? 'start'}=-1, so that the portal counts nothing; 50 rows a page`,
        end: 'the last id is looked up at the beginning and is arrived at, or a page of its own comes back empty',
        requests:
          'up to 50 pages in a batch, each going on from the one before; several ranges of ids at the same time',
      }
    case 'start':
      return {
        pages: `by ${paging.start ?? 'start'}, the number of rows in front; ${paging.pageRows} rows a page, and each makes the portal count them all`,
        end: 'no next page, and as many rows as total says',
        requests: byPositionRequests(method),
      }
    case 'id-filter':
      return {
        pages: `by id: each page asks for ${idOf(method)} greater than the last one; up to ${paging.pageRows} rows a page`,
        end: 'a page without rows',
        requests: ONE_BY_ONE,
      }
    case 'offset':
      return {
        pages: `by ${bracketName(paging.offset)} (the number of rows in front)${limited(paging.limit)}; ${paging.pageRows} rows a page`,
        end: endWords(paging.end),
        requests: byPositionRequests(method),
      }
    case 'page':
      return {
        pages: `by ${bracketName(paging.page)} (the number of the page, from ${paging.first} on)${limited(paging.size)}; ${paging.pageRows} rows a page`,
        end: endWords(paging.end),
        requests: byPositionRequests(method),
      }
    case 'last-row': {
      const from = paging.from.map(({ to, member }) => `${bracketName(to)} takes its "${member}"`).join(', ')
      return {
        pages: `by the last row of the page before: ${from}; ${paging.pageRows} rows a page${paging.isFalling ? ', from the newest on' : ''}`,
        end: endWords(paging.end),
        requests: ONE_BY_ONE,
      }
    }
    case 'cursor':
      return {
        pages: `by a value that the answer hands out: "${paging.from.join('.')}" goes into ${bracketName(paging.to)}; ${paging.pageRows} rows a page`,
        end: `nothing under "${paging.from.join('.')}"${paging.more === undefined ? '' : `, or ${markWords(paging.more)}`}`,
        requests: ONE_BY_ONE,
      }
    case 'whole':
      return {
        pages: 'none: all rows come at once',
        end: wholeEnd(paging),
        requests: 'one',
      }
    case 'first-page':
      return {
        pages: `the first page only, of up to ${paging.pageRows} rows: what lies behind it cannot be reached`,
        end:
          paging.more === undefined
            ? 'fewer rows than a page has; a full page ends with exit code 3'
            : paging.more.map(markWords).join(' and '),
        requests: 'one',
      }
  }
}

function idOf({ id }: ListMethod): string {
  return id?.inFilter ?? 'the id'
}

function byPositionRequests({ positions, idOrder }: ListMethod): string {
  const together =
    positions === undefined ? 'the first page alone, then up to 50 pages in a batch' : ONE_BY_ONE
  const isAscending = Object.keys(idOrder).length > 0
  return `${together}; ${isAscending ? 'read once' : 'a list of several pages is read twice, until both agree, since nothing keeps its rows in their places'}`
}

function endWords(end: EndMark): string {
  switch (end.by) {
    case 'empty-page':
      return 'a page without rows, in a call of its own'
    case 'short-page':
      return 'a page that is not full, which the documentation vouches for'
    case 'next':
      return 'no "next" in the answer'
    case 'total':
      return `as many rows as ${end.at === undefined ? 'total' : `"${end.at.join('.')}"`} says`
    case 'more-mark':
      return markWords(end)
  }
}

function wholeEnd({ more, isPresumed }: Extract<Paging, { by: 'whole' }>): string {
  if (more !== undefined) return markWords(more)
  return isPresumed === true
    ? 'presumed, since no pages are documented: a number of rows that pages have is not believed'
    : 'the method is known to answer all rows'
}

function markWords({ at, isMoreIf }: MoreMark): string {
  return `"${at.join('.')}" is ${String(!isMoreIf)}`
}

function limited(place: Place | undefined): string {
  return place === undefined ? '' : ` and ${bracketName(place)} (how many)`
}
