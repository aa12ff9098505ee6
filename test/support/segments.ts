import { JsonText } from '../../src/protocol/json-text.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import type { Outcome } from '../../src/protocol/types.ts'
import { type ListFacts, readChain } from '../../src/strategies/keyset/read-pages.ts'
import type { BusySegment, OpenSegment, ReadRows, Segment } from '../../src/strategies/keyset/segments.ts'

export const DEALS: ListFacts = {
  query: checkedQuery('crm.deal.list', { params: {}, where: [], select: undefined }).query,
  end: undefined,
}

/** Ids one after another, both ends included. */
export function idsFrom(first: number, last: number, step = 1): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step)
}

/** The answer to a command that brought these rows. */
export function pageOf(ids: readonly number[]): Outcome {
  const result = JsonText.of(Buffer.from(JSON.stringify(ids.map((ID) => ({ ID })))))
  return { kind: 'done', reply: { result, time: {} } }
}

/** Rows as they were read, in pages of fifty. */
export function readOf(ids: readonly number[]): ReadRows {
  const pages = Array.from({ length: Math.ceil(ids.length / 50) }, (_, at) =>
    pageOf(ids.slice(at * 50, at * 50 + 50)),
  )
  const { read } = readChain(DEALS, openSegment({ end: 'unseen' }), pages, true)
  if (read === undefined) throw new Error('no rows')
  return read
}

export function openSegment(segment: Partial<OpenSegment>): OpenSegment {
  const nothing = { after: undefined, upTo: undefined, before: undefined, behind: undefined }
  return { kind: 'open', end: 'seen', looks: 1, ...nothing, ...segment }
}

export function busySegment(segment: Partial<OpenSegment>): BusySegment {
  return { kind: 'busy', segment: openSegment(segment) }
}

export function doneSegment(ids: readonly number[]): Segment {
  return { kind: 'done', read: readOf(ids) }
}

/** `done 1-50`, `open 50-90`, `busy 90-joint 120`: what is known of a list, one segment after another. */
export function shown(segments: readonly Segment[]): string[] {
  return segments.map((segment) => {
    if (segment.kind === 'done') return `done ${segment.read.first}-${segment.read.last}`
    const { after, upTo, end, joint } = segment.kind === 'open' ? segment : segment.segment
    return `${segment.kind} ${after}-${end === 'joint' ? `joint ${joint}` : upTo}`
  })
}
