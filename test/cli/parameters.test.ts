import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type ParameterOptions, readParameters } from '../../src/cli/parameters.ts'
import { UsageError } from '../../src/errors.ts'
import type { UserParameters } from '../../src/operations/list-query.ts'
import { tempFolder } from '../support/temp-folder.ts'

function read(
  given: Partial<ParameterOptions>,
  stdin = '',
  files: Record<string, string> = {},
): Promise<UserParameters> {
  const cwd = tempFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const options = { param: [], paramJson: [], params: undefined, where: [], select: undefined, ...given }
  return readParameters(options, { cwd, stdin: () => Readable.from([stdin]), stdinIsTerminal: stdin === '' })
}

describe('parameters on the command line', () => {
  test('split at the first equals sign outside of brackets, and stay texts', async () => {
    const { params } = await read({
      param: [
        'filter[>=DATE_CREATE]=2026-01-01',
        'filter[%TITLE]=a=b',
        'select[]=ID',
        'select[]=TITLE',
        'entityTypeId=2',
        'empty=',
      ],
    })
    expect(params).toEqual({
      filter: { '>=DATE_CREATE': '2026-01-01', '%TITLE': 'a=b' },
      select: ['ID', 'TITLE'],
      entityTypeId: '2',
      empty: '',
    })
  })

  test('keep their types as JSON, from the word, a file or standard input', async () => {
    const { params } = await read(
      { paramJson: ['filter={"CLOSED":true}', 'filter[>ID]=5', 'select=@fields.json', 'extra=@-'] },
      '[1,"2"]',
      { 'fields.json': '["ID"]' },
    )
    expect(params).toEqual({ filter: { CLOSED: true, '>ID': 5 }, select: ['ID'], extra: [1, '2'] })
  })

  test('add to the whole object of --params', async () => {
    const given = { params: 'all.json', param: ['filter[STAGE_ID]=NEW'] }
    const { params } = await read(given, '', { 'all.json': '{"filter":{">ID":1},"entityTypeId":2}' })
    expect(params).toEqual({ filter: { '>ID': 1, STAGE_ID: 'NEW' }, entityTypeId: 2 })
  })

  test('have a selection with blanks around commas', async () => {
    expect((await read({ select: 'ID, TITLE ,UF_*' })).select).toEqual(['ID', 'TITLE', 'UF_*'])
  })

  test.each<[string, Partial<ParameterOptions>, string, RegExp]>([
    ['no equals sign', { param: ['ENTITY_ID'] }, '', /is not KEY=VALUE/],
    ['no name', { param: ['=5'] }, '', /is not KEY=VALUE/],
    ['an open bracket', { param: ['filter[ID=5'] }, '', /is not KEY=VALUE/],
    ['text behind a bracket', { param: ['filter[ID]x=5'] }, '', /no parameter name/],
    ['a name twice', { param: ['a=1', 'a=2'] }, '', /given twice/],
    ['a name as value and as map', { param: ['a=1', 'a[b]=2'] }, '', /with keys below it/],
    ['bad JSON', { paramJson: ['filter={a:1}'] }, '', /-P filter is not JSON/],
    [
      'a number that JavaScript cannot hold',
      { paramJson: ['filter={"XML_ID":[12345678901234567890]}'] },
      '',
      /12345678901234567890, which would be changed/,
    ],
    ['a number that would lose its form', { paramJson: ['x=1.0'] }, '', /1\.0, which would be changed/],
    ['a name twice in JSON', { paramJson: ['filter={"A":1,"A":2}'] }, '', /"A" twice/],
    [
      'a file that is missing',
      { paramJson: ['filter=@missing.json'] },
      '',
      /missing\.json cannot be read \(ENOENT\)/,
    ],
    ['a folder in place of a file', { params: '.' }, '', /cannot be read \(EISDIR\)/],
    ['a list in place of the whole object', { params: '-' }, '[]', /must hold one JSON object/],
    ['standard input twice', { params: '-', paramJson: ['a=@-'] }, '{}', /both read standard input/],
    ['standard input that is a terminal', { params: '-' }, '', /which is a terminal/],
    ['an empty field', { select: 'ID,,TITLE' }, '', /empty name/],
  ])('are refused with %s', async (_, given, stdin, message) => {
    const reading = read(given, stdin)
    await expect(reading).rejects.toThrow(UsageError)
    await expect(reading).rejects.toThrow(message)
  })
})
