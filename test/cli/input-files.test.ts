import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inputFiles } from '../../src/cli/input-files.ts'
import { tempFolder } from '../support/temp-folder.ts'

test.each([
  [{ params: 'a.json', paramJson: [] }, ['a.json']],
  [{ params: undefined, paramJson: ['filter=@a.json', 'x=1', 'y="@a.json"'] }, ['a.json']],
  [{ params: undefined, paramJson: ['filter[>=ID]=@a.json'] }, ['a.json']], // the first = is part of the key
  [{ params: 'missing.json', paramJson: ['x=@missing.json'] }, []], // whoever reads it complains
  [{ params: undefined, paramJson: [] }, []],
])('%j reads %j', async (options, names) => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'a.json'), '{}')
  expect((await inputFiles(options, folder)).map(({ name }) => name)).toEqual(names)
})
