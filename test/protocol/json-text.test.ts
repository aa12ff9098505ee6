import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonText, JsonTextError } from '../../src/protocol/json-text.ts'

function text(json: string): JsonText {
  return JsonText.of(Buffer.from(json))
}

describe('JSON as text', () => {
  test('gives back what it was given, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(text(JSON.stringify(value, null, indent)).parse()).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('finds the members of an object and the elements of a list as a parser does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()), (map, list) => {
        const members = [...text(JSON.stringify(map)).members()].map(({ name, value }) => [
          name,
          value.parse(),
        ])
        expect(members).toEqual(Object.entries(JSON.parse(JSON.stringify(map)) as object))
        const elements = text(JSON.stringify(list)).elements()
        expect(elements.map((element) => element.parse())).toEqual(JSON.parse(JSON.stringify(list)))
      }),
    )
  })

  test('cuts one member out and leaves the others as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), fc.nat(), (map, pick) => {
        const names = Object.keys(JSON.parse(JSON.stringify(map)) as object)
        const name = names[pick % Math.max(1, names.length)] ?? 'none'
        const rest = text(JSON.stringify(map)).without(name).parse() as object
        expect(Object.entries(rest)).toEqual(
          Object.entries(JSON.parse(JSON.stringify(map)) as object).filter(([key]) => key !== name),
        )
      }),
    )
  })

  test('tells of members as it lists them, and finds what is nested in whatever order it is asked for', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (map, from) => {
        const whole = text(JSON.stringify({ result: { list: [map, [map]], map } }))
        const result = whole.member('result')
        const listed = [...(result?.member('map')?.members() ?? [])]
        const told: [string, string][] = []
        result?.member('map')?.eachMember((nameStart, nameEnd, value) => {
          told.push([whole.textAt(nameStart, nameEnd), value.toString()])
        })
        expect(told).toEqual(listed.map(({ name, value }) => [name, value.toString()]))
        const places = [...(result?.member('list')?.elements() ?? []), ...listed.map(({ value }) => value)]
        for (let step = 0; step < places.length; step++) {
          const place = places[(from + step * 7) % places.length]
          const again = text(place?.toString() ?? 'null')
          expect(place?.elements().map(String)).toEqual(again.elements().map(String))
          expect([...(place?.members() ?? [])].map(({ value }) => String(value))).toEqual(
            [...again.members()].map(({ value }) => String(value)),
          )
        }
      }),
    )
  })

  test('keeps literals that a parser would change', () => {
    const row = '{"ID":"7","MONEY":1.0,"BIG":12345678901234567890,"MAP":{"9":1,"2":2},"PATH":"a\\/b\\u003C"}'
    expect(text(`{"result":[${row}]}`).member('result')?.elements()[0]?.toString()).toBe(row)
    expect(text(row).without('ID').toString()).toBe(row.replace('"ID":"7",', ''))
  })

  test.each([
    ['', 'nothing at all'],
    ['{"a":1', 'an object that does not end'],
    ['[1,2', 'a list that does not end'],
    ['{"a":"b', 'a text that does not end'],
    ['{"a":[1}', 'a bracket that closes another kind'],
    ['{} {}', 'two values'],
    ['<html>', 'a page'],
    ['nul', 'half a word'],
  ])('refuses %j: %s', (json) => {
    expect(() => text(json)).toThrow(JsonTextError)
  })

  test('refuses every answer that was cut short', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (map, cut) => {
        const json = Buffer.from(JSON.stringify({ result: map }))
        expect(() => JsonText.of(json.subarray(0, cut % json.length))).toThrow(JsonTextError)
      }),
    )
  })
})
