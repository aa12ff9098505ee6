import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { LockedError, OutputError } from '../../src/errors.ts'
import { type Journal, type JournalRow, openJournal, rowDigest } from '../../src/output/journal.ts'
import { JournalWriter } from '../../src/output/journal-writer.ts'
import { childScript } from '../support/child-script.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ABOUT = { host: 'portal.example', method: 'crm.lead.add' }

let file: string
let folder: string
beforeEach(() => {
  folder = tempFolder()
  file = join(folder, 'journal')
})

function row(ordinal: number, text = `row ${ordinal}`): JournalRow {
  return { ordinal, digest: rowDigest([text]) }
}

function rowsOf(from: number, count: number): JournalRow[] {
  return Array.from({ length: count }, (_, at) => row(from + at))
}

/** Opened, and closed when the test has finished. */
async function opened(path = file, about: Readonly<Record<string, string>> = ABOUT): Promise<Journal> {
  const journal = await openJournal(path, about, process.pid)
  onTestFinished(() => journal.close())
  return journal
}

async function within<T>(work: (journal: Journal) => Promise<T>, path = file): Promise<T> {
  const journal = await openJournal(path, ABOUT, process.pid)
  try {
    return await work(journal)
  } finally {
    await journal.close()
  }
}

/** As text: nothing, `sent`, or the result line. */
async function recalled(journal: Journal, ordinal: number): Promise<string | undefined> {
  const known = await journal.recall(row(ordinal))
  return known?.state === 'settled' ? known.line.toString() : known?.state
}

function recalledAll(count: number, path = file): Promise<(string | undefined)[]> {
  return within(
    (journal) => Promise.all(rowsOf(0, count).map(({ ordinal }) => recalled(journal, ordinal))),
    path,
  )
}

/** Header, rows 0 to 2 sent, 1 unsent, 0 settled. */
async function someJournal(): Promise<string[]> {
  await within(async (journal) => {
    await journal.sent(rowsOf(0, 3))
    await journal.unsent([1])
    await journal.settled(0, Buffer.from('{"id": 7, "name":"Ж"}'))
  })
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

describe('a journal', () => {
  test('remembers what became of each row', async () => {
    await someJournal()
    expect(await recalledAll(4)).toEqual(['{"id": 7, "name":"Ж"}', undefined, 'sent', undefined])
  })

  test('knows it at once, too', async () => {
    const journal = await opened()
    await journal.sent(rowsOf(0, 2))
    expect(await recalled(journal, 0)).toBe('sent')
    await journal.settled(0, Buffer.from('{"id":1}'))
    await journal.unsent([1])
    expect([await recalled(journal, 0), await recalled(journal, 1)]).toEqual(['{"id":1}', undefined])
    await journal.sent([row(1)])
    await journal.settled(1, Buffer.from('{"id":2}'))
    expect([await recalled(journal, 0), await recalled(journal, 1)]).toEqual(['{"id":1}', '{"id":2}'])
  })

  test('is short, and its lines are those of the result, byte by byte', async () => {
    expect(await someJournal()).toEqual([
      '{"journal":"bx24","version":1,"about":{"host":"portal.example","method":"crm.lead.add"}}',
      `{"sent":[[0,"${rowDigest(['row 0'])}"],[1,"${rowDigest(['row 1'])}"],[2,"${rowDigest(['row 2'])}"]]}`,
      '{"unsent":[1]}',
      '{"fate":0,"line":{"id": 7, "name":"Ж"}}',
    ])
  })

  test('is continued over many runs', async () => {
    for (let run = 0; run < 5; run += 1) {
      await within(async (journal) => {
        await journal.sent([row(run)])
        await journal.settled(run, Buffer.from(`{"run":${run}}`))
      })
    }
    expect(await recalledAll(6)).toEqual([...[0, 1, 2, 3, 4].map((run) => `{"run":${run}}`), undefined])
  })

  test('holds lines of any size, in any order', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => JSON.stringify({ at, text: 'я'.repeat(at * 5_000) }))
    await within(async (journal) => {
      await journal.sent(rowsOf(0, 40))
      await Promise.all(
        lines.map((_, at) => journal.settled((at * 7) % 40, Buffer.from(lines[(at * 7) % 40] ?? ''))),
      )
    })
    expect(await recalledAll(40)).toEqual(lines)
  })

  test('is for its owner alone, and leaves the mode of one that is there', async () => {
    await someJournal()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    expect(await recalledAll(1)).toEqual(['{"id": 7, "name":"Ж"}'])
    expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(readdirSync(folder)).toEqual(['journal'])
  })

  test('may begin in an empty file', async () => {
    writeFileSync(file, '')
    await someJournal()
    expect((await recalledAll(3))[2]).toBe('sent')
  })

  test('is had by one run at a time', async () => {
    const journal = await opened()
    await expect(openJournal(file, ABOUT, process.pid)).rejects.toThrow(LockedError)
    await journal.close()
    await journal.close()
    await (await opened()).close()
  })

  test('does not take what would contradict it', async () => {
    const journal = await opened()
    await expect(journal.settled(0, Buffer.from('{}'))).rejects.toThrow('contradict')
    await expect(journal.unsent([0])).rejects.toThrow('contradict')
    await journal.sent([row(0)])
    await journal.sent([row(0)])
    await expect(journal.sent([row(0, 'another')])).rejects.toThrow('contradict')
    await expect(journal.settled(0, Buffer.from('{"a":\n1}'))).rejects.toThrow('cannot hold')
    await expect(journal.settled(0, Buffer.from('{"a":'))).rejects.toThrow('cannot hold')
    await journal.settled(0, Buffer.from('{}'))
    await expect(journal.sent([row(0)])).rejects.toThrow('contradict')
    await expect(journal.sent([{ ordinal: 1, digest: 'x' }])).rejects.toThrow('cannot hold')
    await journal.close()
    await expect(journal.sent([row(1)])).rejects.toThrow('closed')
    expect(await recalledAll(2)).toEqual(['{}', undefined])
  })
})

test('a digest tells rows apart, also by where their parts end', () => {
  expect(rowDigest(['a', 'b'])).toMatch(/^[0-9a-f]{16}$/)
  expect(rowDigest(['Ж'])).toBe(rowDigest([Buffer.from('Ж')]))
  const all = [['ab'], ['a', 'b'], ['', 'ab'], ['ab', ''], ['1:a', 'b'], []].map((parts) => rowDigest(parts))
  expect(new Set(all).size).toBe(all.length)
})

describe('refused, and left as it is:', () => {
  test('another row in the place of one that was sent or settled', async () => {
    await someJournal()
    const journal = await opened()
    for (const ordinal of [0, 2]) {
      await expect(journal.recall(row(ordinal, 'another'))).rejects.toMatchObject({
        code: 'usage.journal-mismatch',
        message: expect.stringContaining(`Row ${ordinal + 1} of the input`) as string,
      })
    }
    expect(await journal.recall(row(1, 'another'))).toBeUndefined()
  })

  test.each([
    [
      { ...ABOUT, method: 'crm.deal.add' },
      'was written for crm.lead.add, this run is crm.deal.add (method).',
    ],
    [{ ...ABOUT, halt: 'on' }, 'was written without halt, this run has halt on.'],
    [{ host: 'portal.example' }, 'was written for method crm.lead.add, this run is without it.'],
    [
      { host: 'b.example', method: 'b' },
      'this run is b.example (host); was written for crm.lead.add, this run is b (method).',
    ],
  ])('a journal of other work, %j', async (about, message) => {
    await someJournal()
    const before = readFileSync(file)
    const refusal = openJournal(file, about, process.pid)
    await expect(refusal).rejects.toThrow(message)
    await expect(refusal).rejects.toMatchObject({ code: 'usage.journal-other' })
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(folder)).toEqual(['journal'])
  })

  test('what another journal says cannot drive a terminal', async () => {
    const about = { method: `\u001b[2J\u202e${'x'.repeat(1000)}` }
    writeFileSync(file, `${JSON.stringify({ journal: 'bx24', version: 1, about })}\n`)
    const error: unknown = await openJournal(file, ABOUT, process.pid).catch((reason: unknown) => reason)
    expect((error as Error).message).toMatch(/^[^\p{C}]{1,500}$/u)
  })

  test.each(
    [
      '\n',
      '{"ID":1}\n',
      '{"ID":1}',
      'ID,TITLE\n1,x\n',
      '\0\0\0',
      '{"journal":"bx24","version":1}\n',
      '{"journal":"bx24","version":1,"about":[]}\n',
      '{"journal":"bx24","version":1,"about":{"a":1}}\n',
      '{"journal":"bx24","version":2,"about":{"a":1}}\n',
      `{"journal":"bx24","version":1,"about":${'x'.repeat(2 << 20)}\n`,
    ].map((content) => [content.slice(0, 60), content] as const),
  )('a file that is no journal of ours, %j', async (_, content) => {
    writeFileSync(file, content)
    await expect(openJournal(file, ABOUT, process.pid)).rejects.toMatchObject({
      code: 'usage.journal-format',
    })
    expect(readFileSync(file, 'utf8')).toBe(content)
    expect(readdirSync(folder)).toEqual(['journal'])
  })

  test('a link, a folder, a FIFO, a place that is not there', async () => {
    symlinkSync('precious', join(folder, 'link'))
    mkdirSync(join(folder, 'folder'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const places = ['link', 'folder', 'fifo', 'missing/journal'].map((name) => join(folder, name))
    for (const place of places) {
      await expect(openJournal(place, ABOUT, process.pid)).rejects.toMatchObject({
        code: 'usage.journal-file',
      })
    }
    expect(readdirSync(folder).sort()).toEqual(['fifo', 'folder', 'link'])
    expect(existsSync(join(folder, 'precious'))).toBe(false)
  })
})

describe('a journal whose writing was cut short', () => {
  test('at any byte is continued, and no row that was sent is forgotten', { timeout: 90_000 }, async () => {
    /** The state of the rows once the file has so many bytes; `sent` before they are known to be on disk. */
    const acknowledged: { bytes: number; rows: (string | undefined)[] }[] = []
    const note = async (journal: Journal): Promise<void> => {
      const rows = await Promise.all([0, 1, 2, 3].map((ordinal) => recalled(journal, ordinal)))
      acknowledged.push({ bytes: statSync(file).size, rows })
    }
    await within(async (journal) => {
      await note(journal)
      await journal.sent(rowsOf(0, 2))
      await note(journal)
      await journal.settled(1, Buffer.from('{"id":[1,{"a":"}"}]}'))
      await note(journal)
      await journal.sent(rowsOf(2, 2))
      await note(journal)
      await journal.unsent([0, 3])
      await note(journal)
      await journal.settled(2, Buffer.from('"Ж"'))
      await note(journal)
    })
    const { size: all } = statSync(file)
    const copy = join(folder, 'copy')

    for (let size = 0; size <= all; size += 1) {
      copyFileSync(file, copy)
      truncateSync(copy, size)
      const before = acknowledged.filter(({ bytes }) => bytes <= size).at(-1)
      const after = acknowledged.find(({ bytes }) => bytes === size + 1)
      const rows = await within(async (journal) => {
        const states = await Promise.all([0, 1, 2, 3].map((ordinal) => recalled(journal, ordinal)))
        await journal.sent([row(9)])
        await journal.settled(9, Buffer.from('{"new":true}'))
        return states
      }, copy)
      const none = [undefined, undefined, undefined, undefined]
      // Without its line feed alone, an entry is whole; a header is not.
      const whole = after === acknowledged[0] ? undefined : after
      expect(rows, `${size} bytes`).toEqual((whole ?? before)?.rows ?? none)
      expect(await recalledAll(10, copy)).toEqual([...rows, ...none, undefined, '{"new":true}'])
    }
  })

  test.each(['{"fate":2,"li', '\0\0\0\0\0', '{"fate":2,"line":{"a":1}', 'rubbish'])(
    'has %j at its end no longer',
    async (tail) => {
      await someJournal()
      const before = readFileSync(file)
      appendFileSync(file, tail)
      expect((await recalledAll(3))[2]).toBe('sent')
      expect(readFileSync(file)).toEqual(before)
    },
  )
})

describe('a journal that is damaged elsewhere', () => {
  const digest = rowDigest(['row 2'])

  test.each([
    '',
    'rubbish',
    '{}',
    '[]',
    '{"sent":[[7]]}',
    '{"sent":[[-1,"0123456789abcdef"]]}',
    '{"sent":[[7,"0123"]]}',
    '{"sent":[],"unsent":[]}',
    '{"sent":[[2,"0123456789abcdef"]]}', // another row in its place
    `{"sent":[[0,"${digest}"]]}`, // settled already
    '{"unsent":[0]}', // settled already
    '{"unsent":[1]}', // never sent
    '{"unsent":["2"]}',
    '{"fate":1,"line":{}}', // never sent
    '{"fate":0,"line":{}}', // settled already
    '{"fate":2,"line":}',
    '{"fate":2,"line":{}',
    '{"fate":2,"line":{"a":1},"line":{"b":1}}',
    '{"fate":02,"line":{}}',
    '{"fate": 2,"line":{}}',
    '{"fate":2,"line":{"a":"\0"}}',
  ])('by %j is not continued, and the line is named', async (line) => {
    const lines = await someJournal()
    const content = `${[...lines, line, '{"unsent":[2]}'].join('\n')}\n`
    writeFileSync(file, content)
    const refusal = openJournal(file, ABOUT, process.pid)
    await expect(refusal).rejects.toThrow('Line 5 of ')
    await expect(refusal).rejects.toMatchObject({ code: 'usage.journal-damaged' })
    expect(readFileSync(file, 'utf8')).toBe(content)
    expect(readdirSync(folder)).toEqual(['journal'])
  })
})

test('kill -9 at any time costs no row that was said to be sent', async () => {
  const script = await childScript(`
    import { openJournal, rowDigest } from './src/output/journal.ts'
    const journal = await openJournal(process.argv[2], ${JSON.stringify(ABOUT)}, process.pid)
    for (let first = 0; ; first += 10) {
      const rows = Array.from({ length: 10 }, (_, at) => ({ ordinal: first + at, digest: rowDigest(['row ' + (first + at)]) }))
      void journal.sent(rows).then(() => {
        console.log('sent ' + first)
        for (const { ordinal } of rows) void journal.settled(ordinal, Buffer.from('{"id":' + ordinal + '}'))
      })
      if (first % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }`)
  for (let round = 0; round < 5; round += 1) {
    const path = join(folder, `journal-${round}`)
    const run = script.start(path)
    await run.line(1 + round * 7)
    run.child.kill('SIGKILL')
    await run.ended
    const firsts = run.lines.map((line) => Number(line.slice('sent '.length)))
    const count = Math.max(...firsts) + 10
    const rows = await recalledAll(count, path)
    const forgotten = rows.filter((state, at) => state !== 'sent' && state !== `{"id":${at}}`)
    expect(forgotten).toEqual([])
  }
})

describe('many at once', () => {
  test('are written in their order, and share the waiting for the disk', async () => {
    const syncs = await counting('datasync', async () => {
      await within(async (journal) => {
        await Promise.all(
          Array.from({ length: 200 }, (_, at) =>
            journal
              .sent(rowsOf(at * 5, 5))
              .then(() =>
                Promise.all([
                  journal.settled(at * 5, Buffer.from(`{"at":${at}}`)),
                  journal.unsent([at * 5 + 1]),
                ]),
              ),
          ),
        )
      })
    })
    expect(syncs).toBeLessThan(20)
    const rows = await recalledAll(1000)
    expect(rows).toEqual(
      rows.map((_, at) => (at % 5 === 0 ? `{"at":${at / 5}}` : at % 5 === 1 ? undefined : 'sent')),
    )
  })

  test('rows, 200 000, are quick and take little memory', { timeout: 90_000 }, async () => {
    const count = 200_000
    const line = (ordinal: number): string =>
      JSON.stringify({ row: ordinal, ok: true, text: 'x'.repeat(100) })
    await within(async (journal) => {
      for (let first = 0; first < count; first += 10_000) {
        const batches = Array.from({ length: 200 }, (_, at) => rowsOf(first + at * 50, 50))
        await Promise.all(batches.map((rows) => journal.sent(rows)))
        const all = batches.flat().map(({ ordinal }) => journal.settled(ordinal, Buffer.from(line(ordinal))))
        await Promise.all(all)
      }
    })
    expect(statSync(file).size).toBeGreaterThan(count * 150)

    const before = memory()
    const startedAt = performance.now()
    const journal = await opened()
    const openedAfter = performance.now() - startedAt
    const bytes = memory() - before
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      if ((await recalled(journal, ordinal)) !== line(ordinal)) throw new Error(`row ${ordinal}`)
    }
    expect(bytes / count).toBeLessThan(60)
    expect(openedAfter).toBeLessThan(5_000)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })
})

describe('a disk that does not take it', () => {
  test('because it is full fails, and then nothing was written', async () => {
    const full = await open('/dev/full', 'r+')
    onTestFinished(() => full.close())
    const writer = new JournalWriter(full, 'journal', 0)
    const outcome = writer.append(Buffer.from('x\n'), true, () => expect.unreachable())
    await expect(outcome).rejects.toThrow(OutputError)
    await expect(outcome).rejects.toThrow('the disk is full (ENOSPC)')
    expect(writer.end).toBe(0)
    await writer.finish()
  })

  test('because it is full for a while: half a line is cut off again', async () => {
    const journal = await opened()
    await journal.sent([row(0)])
    const before = readFileSync(file)
    await failing('appendFile', 'ENOSPC', async () => {
      appendFileSync(file, '{"sent":[[1,"012')
      await expect(journal.sent([row(1)])).rejects.toThrow('the disk is full')
    })
    expect(readFileSync(file)).toEqual(before)
    expect(await recalled(journal, 1)).toBeUndefined()
    await journal.settled(0, Buffer.from('{"id":1}'))
    await journal.sent([row(2)])
    await journal.close()
    expect(await recalledAll(3)).toEqual(['{"id":1}', undefined, 'sent'])
  })

  test('because of an I/O error while it was waited for: nothing is sent any more', async () => {
    const journal = await opened()
    await journal.sent([row(0)])
    const before = readFileSync(file)
    await failing('datasync', 'EIO', async () => {
      await expect(journal.sent([row(1)])).rejects.toThrow('I/O error (EIO)')
    })
    await expect(journal.sent([row(2)])).rejects.toThrow(OutputError)
    await expect(journal.settled(0, Buffer.from('{}'))).rejects.toThrow(OutputError)
    await journal.close()
    expect(readFileSync(file)).toEqual(before)
    expect(await recalledAll(3)).toEqual(['sent', undefined, undefined])
  })

  test('at the end: close says so, and lets the file go', async () => {
    const journal = await opened()
    const other = await openJournal(join(folder, 'other'), ABOUT, process.pid)
    await other.sent([row(0)])
    await failing('datasync', 'EIO', async () => {
      await expect(other.close()).rejects.toThrow(OutputError)
    })
    expect(readdirSync(folder).sort()).toEqual(['journal', 'journal.lock', 'other'])
    await journal.close()
  })
})

/** The prototype of all open files. */
async function fileHandles(): Promise<FileHandle> {
  const handle = await open('/dev/null')
  await handle.close()
  return Object.getPrototypeOf(handle) as FileHandle
}

/** Lets a method of every open file fail meanwhile. */
async function failing(
  method: 'appendFile' | 'datasync',
  code: string,
  work: () => Promise<void>,
): Promise<void> {
  const prototype = await fileHandles()
  const original: unknown = Reflect.get(prototype, method)
  Reflect.set(prototype, method, () => Promise.reject(Object.assign(new Error(code), { code })))
  try {
    await work()
  } finally {
    Reflect.set(prototype, method, original)
  }
}

/** How often a method of any open file is called meanwhile. */
async function counting(method: 'datasync', work: () => Promise<void>): Promise<number> {
  const prototype = await fileHandles()
  const original = Reflect.get<FileHandle, 'datasync'>(prototype, method)
  let calls = 0
  Reflect.set(prototype, method, function (this: FileHandle) {
    calls += 1
    return original.call(this)
  })
  try {
    await work()
    return calls
  } finally {
    Reflect.set(prototype, method, original)
  }
}

/** What is in use after everything else is thrown away. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
