import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { OutputError, UsageError } from '../../src/errors.ts'
import { openRejectedFile, type RejectedFile } from '../../src/output/rejected-file.ts'
import { tempFolder } from '../support/temp-folder.ts'

let cwd: string
let path: string
beforeEach(() => {
  cwd = tempFolder()
  path = join(cwd, 'rejected')
})

async function opened(name = 'rejected', header?: string, isMarked = false): Promise<RejectedFile> {
  const options = {
    name,
    flag: '--errors',
    cwd,
    header: header === undefined ? undefined : Buffer.from(header),
    isMarked,
  }
  const file = await openRejectedFile(options)
  onTestFinished(() => file.close().catch(() => undefined))
  return file
}

async function add(file: RejectedFile, ...inputs: string[]): Promise<void> {
  await file.add(inputs.map((input) => Buffer.from(input)))
}

describe('a file of inputs that were not done', () => {
  test('has each on lines of its own, as they stood', async () => {
    const file = await opened()
    await add(file, '{"a": 1.0}', '"Ж"')
    await add(file)
    await add(file, 'x')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('{"a": 1.0}\n"Ж"\nx\n')
  })

  test('is a table again, with its header once', async () => {
    const file = await opened('rejected', 'ID;"a;b"')
    await add(file, '5;"x\ny"')
    await add(file, '6;z')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('ID;"a;b"\n5;"x\ny"\n6;z\n')
  })

  test('says that it is in UTF-8 now, where the input was not', async () => {
    const file = await opened('rejected', 'ID', true)
    await add(file, 'Ж')
    await add(file, 'x')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('\uFEFFID\nЖ\nx\n')
  })

  test('is empty if all were done, also of a table', async () => {
    const file = await opened('rejected', 'ID', true)
    await add(file)
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  test('has what was added, should the run be killed', async () => {
    await add(await opened(), 'x')
    expect(readFileSync(path, 'utf8')).toBe('x\n')
  })

  test('holds nothing of the run before', async () => {
    writeFileSync(path, 'old\n'.repeat(10))
    await add(await opened(), 'new')
    expect(readFileSync(path, 'utf8')).toBe('new\n')
  })

  test('is for its owner alone, and leaves the mode of one that is there', async () => {
    await opened()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o640)
    await opened()
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('may stand in another folder, named from the working one', async () => {
    const other = tempFolder()
    await add(await opened(join(other, 'x')), 'y')
    expect(readFileSync(join(other, 'x'), 'utf8')).toBe('y\n')
  })
})

describe('is refused,', () => {
  test('a link, and what it leads to stays as it was', async () => {
    const target = join(cwd, 'target')
    writeFileSync(target, 'precious')
    symlinkSync(target, path)
    await expect(opened()).rejects.toThrow('--errors: rejected cannot be written: it is a symlink')
    expect(readFileSync(target, 'utf8')).toBe('precious')
  })

  test.each([
    ['a folder', '.', 'EISDIR'],
    ['a file in a folder that is not there', 'missing/x', 'ENOENT'],
  ])('%s', async (_what, name, code) => {
    await expect(opened(name)).rejects.toThrow(`--errors: ${name} cannot be written: ${code}`)
    await expect(opened(name)).rejects.toBeInstanceOf(UsageError)
    expect(existsSync(join(cwd, 'missing'))).toBe(false)
  })
})

test('a full disk is a failure of the output, which names the file', async () => {
  const file = await opened('/dev/full')
  await expect(add(file, 'x')).rejects.toBeInstanceOf(OutputError)
  await expect(add(file, 'x')).rejects.toThrow('/dev/full')
})
