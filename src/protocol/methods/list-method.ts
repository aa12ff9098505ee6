import type { Params } from '../types.ts'
import type { Place } from '../places.ts'

/**
 * How rows stand in an answer. What is printed is a row as it was sent: the keys around rows are not in it. A tree is an
 * array whose rows have others inside.
 */
export type RowsForm =
  /** `[row, row]` */
  | 'array'
  /** `{"17": row, "18": row}`; PHP writes it as `[]` if it is empty, and as a list if the keys are 0, 1, 2 … */
  | 'keyed'
  /** `{"a": [row], "b": [row, row]}`; either may be a list instead, as above. */
  | 'grouped'
  /** `[row, row]`, or one row by itself where the parameters name one. */
  | 'array-or-row'

/** Where the rows of an answer are, below `result`. */
export interface RowsPlace {
  readonly at: Place
  readonly form: RowsForm
  /** Rows do not repeat the keys under which they stand, so these are nowhere in the output. */
  readonly losesKeys?: true
}

/** What tells a row from all others of its list. */
export interface RowId {
  /** As rows spell it. */
  readonly inRows: string
  /** As filter, order and select spell it. */
  readonly inFilter: string
  /** Whether it is a whole number (written as a number or as a string), so that it can be compared. */
  readonly isNumber: boolean
}

/** A value in the answer that says whether there is more, such as `hasMore`. */
export interface MoreMark {
  readonly at: Place
  readonly isMoreIf: boolean
}

/** What shows that a page was the last one. */
export type EndMark =
  /** A page of no rows, in a call of its own; a short one proves nothing. */
  | { readonly by: 'empty-page' }
  /** A page with fewer rows than were asked for. Only where the documentation says that pages are full. */
  | { readonly by: 'short-page' }
  /** No `next` beside `result`; where there is one, it is where the next page begins. */
  | { readonly by: 'next' }
  /** As many rows as `total` counts: beside `result`, or at a place below it. */
  | { readonly by: 'total'; readonly at?: Place }
  | ({ readonly by: 'more-mark' } & MoreMark)

/** How the pages of a list are reached. The walk owns the parameters that are named here: nobody else may give them. */
export type Paging =
  /** By id: the filter `>ID` grows and `start=-1` spares the portal the count; `start` is its name if it has another. */
  | { readonly by: 'keyset'; readonly start?: string }
  /** By `start`, the number of rows in front; `next` and `total` show the end. Every page counts all rows. */
  | { readonly by: 'start'; readonly pageRows: number; readonly start?: string }
  /** By id as well, without `start`: as many rows behind the last one as a page has. A page of no rows is the end. */
  | { readonly by: 'id-filter'; readonly limit: Place | undefined; readonly pageRows: number }
  /** By the number of rows in front, under names of the method's own. */
  | {
      readonly by: 'offset'
      readonly offset: Place
      /** Where the wanted number of rows stands; `undefined` if pages are of a fixed size. */
      readonly limit: Place | undefined
      /** Rows to ask for: the most that the method grants, or its fixed size. */
      readonly pageRows: number
      /** Pages overlap or are short in the middle, so the offset grows by `pageRows`, never by the rows that came. */
      readonly isByPageSize: boolean
      readonly end: EndMark
      /** Larger offsets are cut, so a list that comes to as many rows is not shown to be all. */
      readonly reach?: number
    }
  /** By the number of the page, from `first` on. */
  | {
      readonly by: 'page'
      readonly page: Place
      readonly size: Place | undefined
      readonly first: number
      readonly pageRows: number
      readonly end: EndMark
    }
  /** By members of the last row of the page before. */
  | {
      readonly by: 'last-row'
      /** Parameter, and the member of the row whose value it takes; several where one does not tell rows apart. */
      readonly from: readonly { readonly to: Place; readonly member: string }[]
      /** What the parameters are for the first page; the portal's own beginning if there is nothing. */
      readonly begin: Params
      /** Rows come with falling ids, so the next page has smaller ones. */
      readonly isFalling: boolean
      readonly limit: Place | undefined
      readonly pageRows: number
      readonly end: EndMark
    }
  /** By a value that the answer hands out for the next page. It is passed back as it came. */
  | {
      readonly by: 'cursor'
      /** Where the answer has it, below `result`; nothing or null there: the last page. */
      readonly from: Place
      readonly to: Place
      readonly limit: Place | undefined
      readonly pageRows: number
      readonly more: MoreMark | undefined
    }
  /**
   * All rows at once, unless a mark says that they were cut. It is presumed where the documentation knows of no pages, but
   * there may well be many rows: a number of rows that pages have is not believed then.
   */
  | { readonly by: 'whole'; readonly isPresumed?: true; readonly more?: MoreMark }
  /**
   * The first page only: what lies behind it cannot be reached, so a full page is not shown to be all. Where there are
   * marks, they say whether it is, whatever the number of rows.
   */
  | {
      readonly by: 'first-page'
      readonly limit: Place | undefined
      readonly pageRows: number
      readonly more?: readonly MoreMark[]
    }

/** How a filter's key says what to compare: equal, unequal, one of, part of … */
export type FilterPrefix = '' | '=' | '!' | '>' | '>=' | '<' | '<=' | '%' | '@' | '!@'

/** How rows are chosen. */
export interface ListFilter {
  /** The parameter that holds the conditions; empty if each condition is a parameter of its own. */
  readonly at: Place
  /** `{">ID": 5}`, or as REST 3.0 has it: `[["id", ">", 5]]`. */
  readonly form: 'map' | 'conditions'
  /** Comparisons that it knows; others are dropped in silence. */
  readonly prefixes: readonly FilterPrefix[]
}

/** What is known of a method that answers rows. Names are the portal's own, in its own casing. */
export interface ListMethod {
  readonly method: string
  /** `/rest/…`, or REST 3.0 at `/rest/api/…`. */
  readonly api: 'v2' | 'v3'
  readonly paging: Paging
  readonly rows: RowsPlace
  /** `undefined` if nothing in a row tells it from all others; a list that is walked by id has one, and it is a number. */
  readonly id: RowId | undefined
  readonly filter: ListFilter | undefined
  readonly select: Place | undefined
  /** Fields without which a selection is refused. */
  readonly selectNeeds?: readonly string[]
  /** What to select if the user selects nothing: without it the method refuses, or answers ids alone. */
  readonly usualSelect?: readonly string[]
  /** How ascending ids are asked for. */
  readonly idOrder: Params
  /** The parameters that set the order; the walk owns them. */
  readonly orderAt: readonly Place[]
  /** The method that tells the names of fields, where in its result they stand, and what it needs of our parameters. */
  readonly fields?: { readonly method: string; readonly at: string; readonly needs: readonly string[] }
  /** Rows have `createdDate` where filter, select and the list of fields have `CREATED_DATE`. */
  readonly hasCamelCaseRows?: true
  /**
   * Parameters without which the portal refuses, in brackets where they are nested; of each inner list one suffices, and
   * what a `+` joins goes together. A condition counts in whatever comparison, unless it is written with one here.
   */
  readonly needs: readonly (readonly string[])[]
  /** Other parameters that the documentation names, for the check of spelling. */
  readonly takes: readonly string[]
  /** The names of parameters in the order in which they have to stand; nothing else may be sent. */
  readonly positions?: readonly string[]
  /** How filter and select spell fields; a field in another spelling is dropped without a word. */
  readonly fieldSpelling: 'UPPER_CASE' | 'camelCase' | undefined
  /** How yes and no are written in the filter; user fields of either kind take 1 and 0. */
  readonly booleans: 'Y/N' | '1/0'
  /** Webhooks are refused. */
  readonly isForApplications?: true
  /** The documentation declares it obsolete: what it names instead, or nothing. */
  readonly deprecated?: string
  /** What whoever reads it should know, since no row says it. */
  readonly notice?: string
  /** Why reading it changes something, so that it is not read to the end by itself. */
  readonly changesState?: string
  /** Its `total` is wrong or means something else, and nothing is concluded from it. */
  readonly hasFalseTotal?: true
  /** Nothing of this was read: where the rows are and what tells them apart is to be seen. */
  readonly isUnknown?: true
  /** None of this was read: it is what answers looked like, or what the user said. */
  readonly isRecognised?: true
  /** Where this was read. */
  readonly source: string
}
