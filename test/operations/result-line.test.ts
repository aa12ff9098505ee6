import { describe, expect, test } from 'vitest'
import { type Fate, refused, unknown } from '../../src/operations/dispatch/fate.ts'
import { fateOfLine, type InputFacts, resultLine } from '../../src/operations/result-line.ts'
import { JsonText } from '../../src/protocol/json-text.ts'

function json(text: string): JsonText {
  return JsonText.of(Buffer.from(text))
}

function line(facts: Partial<InputFacts>, fate: Fate): string {
  return resultLine({ line: 1, id: undefined, ...facts }, fate).toString()
}

/** In the middle of an answer, as rows are. */
function within(text: string): JsonText {
  const [value] = json(`[ ${text} ]`).elements()
  if (value === undefined) throw new Error('empty')
  return value
}

describe('a result line', () => {
  test('has the answer in its own bytes, and nothing that is not there', () => {
    const result = within('{"b": 1.0, "2":"Ж", "a":12345678901234567890}')
    expect(line({ line: 7, id: '"0005"' }, { outcome: 'done', result })).toBe(
      '{"line":7,"id":"0005","ok":true,"outcome":"done","result":{"b": 1.0, "2":"Ж", "a":12345678901234567890}}',
    )
  })

  test('has total, next and time behind it, also those that are 0', () => {
    const done: Fate = {
      outcome: 'done',
      result: within('[]'),
      total: 0,
      next: 50,
      time: within('{"duration":0.10}'),
    }
    expect(line({ id: '5' }, done)).toBe(
      '{"line":1,"id":5,"ok":true,"outcome":"done","result":[],"total":0,"next":50,"time":{"duration":0.10}}',
    )
    expect(line({ id: '5' }, { outcome: 'done', result: within('[]'), next: 0 })).toBe(
      '{"line":1,"id":5,"ok":true,"outcome":"done","result":[],"next":0}',
    )
  })

  test('has the key beside the id', () => {
    expect(line({ key: '"A-1"' }, { outcome: 'done', result: within('true') })).toBe(
      '{"line":1,"id":null,"key":"A-1","ok":true,"outcome":"done","result":true}',
    )
  })

  test.each([
    [
      refused('', 'Not "found"', 400),
      '"refused","error":{"code":"","description":"Not \\"found\\"","status":400}}',
    ],
    [refused('NOT_SENT', 'x'), '"refused","error":{"code":"NOT_SENT","description":"x","status":null}}'],
    [unknown('NO_ANSWER', 'y'), '"unknown","error":{"code":"NO_ANSWER","description":"y","status":null}}'],
  ])('says why it was not done: %j', (fate, expected) => {
    expect(line({ id: '5' }, fate)).toBe(`{"line":1,"id":5,"ok":false,"outcome":${expected}`)
  })
})

describe('the fate that a line tells of', () => {
  test.each([refused('NOT_FOUND', 'Ж', 404), refused('', ''), unknown('INTERRUPTED', 'x', 502)])(
    'is the one it was written from: %j',
    (fate) => {
      expect(fateOfLine(resultLine({ line: 3, id: '5', key: 'null' }, fate))).toEqual(fate)
    },
  )

  test('has its answer byte by byte', () => {
    const fate = fateOfLine(
      resultLine({ line: 3, id: '5' }, { outcome: 'done', result: within('[1.0, {"a" :2}]') }),
    )
    expect(fate.outcome === 'done' && fate.result.toString()).toBe('[1.0, {"a" :2}]')
  })

  test('has what the portal counts', () => {
    const fate: Fate = { outcome: 'done', result: within('[]'), total: 0, next: 50 }
    expect(fateOfLine(resultLine({ line: 3, id: '5' }, fate))).toMatchObject({ total: 0, next: 50 })
    const line = resultLine({ line: 3, id: '5' }, { outcome: 'done', result: within('{"total":7}') })
    expect(Object.keys(fateOfLine(line))).toEqual(['outcome', 'result'])
  })

  test('is written as the same line again', () => {
    const facts: InputFacts = { line: 2, id: '"x"', key: '[1]' }
    for (const fate of [
      refused('A', 'b', 1),
      { outcome: 'done', result: within('{"error":null}') } as const,
    ]) {
      expect(resultLine(facts, fateOfLine(resultLine(facts, fate))).toString()).toBe(
        resultLine(facts, fate).toString(),
      )
    }
  })
})
