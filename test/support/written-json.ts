import fc from 'fast-check'

/** JSON as users write it, and what a PHP reader should have of it in the end: texts, and maps without an order. */
export interface WrittenJson {
  readonly json: string
  readonly read: unknown
}

const NUMBERS = ['0', '-0', '1.0', '0.10', '1e21', '1E-7', '12345678901234567890', '-5', '0.1']

const TEXTS = [
  'a=b&c',
  '100 %',
  '%41',
  '1+1 = 2',
  '#1',
  'a[b]',
  '[',
  'Привет, мир',
  '👩‍👩‍👧',
  '\ud83d',
  'x\udc00y',
  '\r\n\t\0',
  "it's (x)*!",
  '',
  ' ',
  '0',
  'true',
  '$1',
]

/** Half a pair of surrogates is no text; everything else arrives as it is. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function ofText(text: string): WrittenJson {
  return { json: JSON.stringify(text), read: wellFormed(text) }
}

const plainScalar: fc.Arbitrary<WrittenJson> = fc.oneof(
  fc.constantFrom(...TEXTS).map(ofText),
  fc.string({ unit: 'binary' }).map(ofText),
  fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }).map((texts) => ofText(texts.join(''))),
  fc.constantFrom(...NUMBERS).map((json) => ({ json, read: json })),
  fc.maxSafeInteger().map((number) => ({ json: String(number), read: String(number) })),
  // As methods of the CRM take them.
  fc.boolean().map((is) => ({ json: String(is), read: is ? 'Y' : 'N' })),
)

const oddScalar: fc.Arbitrary<WrittenJson> = fc.oneof(
  plainScalar,
  fc.constantFrom('null', '[]', '{}').map((json) => ({ json, read: json === 'null' ? null : new Map() })),
  fc.constantFrom('<a href="x">', '../..', 'select 1 from b', '$result[a][0] x', '$NEXT[a]').map(ofText),
)

/** Names that a batch can carry, also integers out of order and those of JavaScript's own. */
const plainName = fc.oneof(
  fc.constantFrom(
    'ID',
    '>=ID',
    '!@ID',
    '0',
    '10',
    '2',
    '-1',
    '01',
    'a b',
    'a.b',
    'Имя',
    '😀',
    '100%',
    'a&b',
    'a+b#',
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length'),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }).filter((name) => !/[[\]]|^\s/.test(name)),
)

const oddName = fc.oneof(
  plainName,
  fc.constantFrom('', 'a[b', 'a]', 'x\0', ' a', '<script', '$result[a]'),
  fc.string({ unit: 'binary', maxLength: 4 }).filter((name) => wellFormed(name) === name),
)

const topName = fc.oneof(
  fc.constantFrom('fields', 'id', 'Имя', '0', '3', 'x-1'),
  fc.stringMatching(/^[A-Za-z_]{1,5}$/),
)

/** Names of user fields have booleans of their own. */
function ofTheHouse(names: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return names.filter((name) => !/uf/i.test(name))
}

function listOf(items: readonly WrittenJson[]): WrittenJson {
  return {
    json: `[${items.map(({ json }) => json).join(', ')}]`,
    read: new Map(items.map(({ read }, index) => [String(index), read])),
  }
}

/** An object of JSON with these members. */
export function objectOf(members: readonly (readonly [name: string, value: WrittenJson])[]): WrittenJson {
  return {
    json: `{${members.map(([name, { json }]) => `${JSON.stringify(name)}: ${json}`).join(',')}}`,
    read: new Map(members.map(([name, { read }]) => [wellFormed(name), read])),
  }
}

function object(names: fc.Arbitrary<string>, values: fc.Arbitrary<WrittenJson>): fc.Arbitrary<WrittenJson> {
  const member = fc.tuple(ofTheHouse(names), values)
  return fc.uniqueArray(member, { selector: ([name]) => name, minLength: 1, maxLength: 4 }).map(objectOf)
}

function nested(names: fc.Arbitrary<string>, leaf: fc.Arbitrary<WrittenJson>): fc.Arbitrary<WrittenJson> {
  const { value } = fc.letrec<{ value: WrittenJson }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map(listOf),
      object(names, tie('value')),
    ),
  }))
  return value
}

/** Objects of which a batch can carry nearly all. */
export const plainObject = object(topName, nested(plainName, plainScalar))

/** Objects with much in them that a batch cannot carry. */
export const anyObject = object(
  fc.oneof(topName, fc.constantFrom('a b', 'a.b', '')),
  nested(oddName, oddScalar),
)

const ATTACKS = [
  ...'union,select,from,where,insert,into,update,set,create,alter,drop,table,view,index,database'.split(','),
  ...'javascript,script,iframe,object,style,svg,html,a,onclick,ononon,onload,href,form,link,meta'.split(','),
  ...'../,..\\,<,</,>,=,:,"x",-,_,.,сделка,a,1'.split(','),
]

const casing = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
)

/** Texts of words that a security filter looks for, innocent ones and others. */
export const attackText = fc
  .array(
    fc.tuple(
      fc.constantFrom(...ATTACKS),
      fc.constantFrom(' ', '', '', '\n', '\t', '; ', ' the ', '\u00a0'),
      casing,
    ),
    {
      minLength: 1,
      maxLength: 9,
    },
  )
  .map((parts) => parts.map(([word, glue, cased]) => cased(word) + glue).join(''))

/** What arrived, given as JSON: all scalars but null as texts, lists as the maps that they are to PHP. */
export function asRead(value: unknown): unknown {
  if (value === null || typeof value === 'string') return value
  if (typeof value !== 'object') return JSON.stringify(value)
  return new Map(Object.entries(value).map(([name, item]) => [name, asRead(item)]))
}
