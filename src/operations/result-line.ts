import { JsonText } from '../protocol/json-text.ts'
import type { Fate, ItemError } from './dispatch/fate.ts'

/** What a result line says of its input. */
export interface InputFacts {
  readonly line: number
  /** Id of the input as JSON, in its own writing; `undefined` if it has none. */
  readonly id: string | undefined
  /** JSON of the column that is echoed beside the id; `undefined`: none is. */
  readonly key?: string | undefined
}

/**
 * One line of output for one input, always in this shape:
 * `{"line":1,"id":"5","ok":true,"outcome":"done","result":…}` or, in place of `result`,
 * `"error":{"code":"…","description":"…","status":400}`; `"replayed":true` if the portal had done it before. What the portal answered stays in its own bytes.
 */
export function resultLine({ line, id, key }: InputFacts, fate: Fate): JsonText {
  const head = `{"line":${line},"id":${id ?? 'null'}${key === undefined ? '' : `,"key":${key}`}`
  if (fate.outcome !== 'done') {
    const { code, description, status } = fate.error
    const error = JSON.stringify({ code, description, status })
    return JsonText.of(Buffer.from(`${head},"ok":false,"outcome":"${fate.outcome}","error":${error}}`))
  }
  const { result, total, next, time, isReplayed } = fate
  const counts = `${total === undefined ? '' : `,"total":${total}`}${next === undefined ? '' : `,"next":${next}`}`
  const parts: (string | Uint8Array)[] = [
    `${head},"ok":true,"outcome":"done","result":`,
    result.bytes.subarray(result.start, result.end),
    counts,
    ...(time === undefined ? [] : [',"time":', time.bytes.subarray(time.start, time.end)]),
    isReplayed === undefined ? '' : ',"replayed":true',
    '}',
  ]
  return JsonText.of(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))),
  )
}

/** The fate that a result line tells of. @throws JsonTextError, SyntaxError if it is none */
export function fateOfLine(line: JsonText): Fate {
  const outcome = line.member('outcome')?.text
  const result = line.member('result')
  if (outcome === 'done' && result !== undefined) {
    const [total, next] = ['total', 'next'].map((name) => line.member(name)?.parse() as number | undefined)
    return {
      outcome,
      result,
      ...(total === undefined ? {} : { total }),
      ...(next === undefined ? {} : { next }),
      ...(line.member('replayed') === undefined ? {} : { isReplayed: true }),
    }
  }
  const error = line.member('error')?.parse() as ItemError
  return { outcome: outcome === 'refused' ? 'refused' : 'unknown', error }
}
