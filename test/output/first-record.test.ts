import { expect, test } from 'vitest'
import { fieldsOfFirstRecord } from '../../src/output/first-record.ts'

test.each([
  ['1,a\n2,b\n', ',', 2],
  ['"a,b",c\n', ',', 2], // a delimiter in quotes is none
  ['"a ""x"", b\nc",d,e\n', ',', 3], // nor is a line break
  ['a;b\r\n', ';', 2],
  ['one\n', ',', 1],
  ['a,b', ',', undefined], // cut: nobody knows what comes
])('%j with %j has %s fields', (text, delimiter, fields) => {
  expect(fieldsOfFirstRecord(text, delimiter)).toBe(fields)
})
