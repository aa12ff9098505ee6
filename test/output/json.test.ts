import { expect, test } from 'vitest'
import { jsonSink } from '../../src/output/json.ts'
import { rows } from '../support/rows.ts'

async function written(pages: readonly (readonly string[])[], isClosed = true): Promise<string[]> {
  const chunks: string[] = []
  const sink = jsonSink({
    write: (chunk) => Promise.resolve(void chunks.push(chunk.toString())),
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  })
  for (const page of pages) await sink.write(rows(...page))
  if (isClosed) await sink.close()
  return chunks
}

test('all rows are one array, in the bytes that the portal sent, one write a page', async () => {
  const chunks = await written([['{"A":1.0}', '{"A":"\\/"}'], [], ['{}']])
  expect(chunks).toEqual(['[\n{"A":1.0},\n{"A":"\\/"}', ',\n{}', '\n]\n'])
})

test('no rows are an empty array', async () => {
  expect(await written([])).toEqual(['[]\n'])
})

test('an array that was not closed is not JSON', async () => {
  const cut = (await written([['{"A":1}']], false)).join('')
  expect(() => JSON.parse(cut) as unknown).toThrow(SyntaxError)
})
