import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Checkpoint } from '../../src/output/checkpoint.ts'
import type { Destination } from '../../src/output/destination.ts'
import { openDestination } from '../../src/output/open-destination.ts'
import type { ResumeRequest } from '../../src/output/open-resumable.ts'
import type { Recorder } from '../../src/output/recorder.ts'
import { tempFolder } from './temp-folder.ts'

/** A file that runs go on with, one behind the other, on a clock that the test moves. */
export class ResumableUnderTest {
  readonly folder = realpathSync(tempFolder())
  readonly warnings: string[] = []
  readonly name: string
  now = 1_700_000_000_000

  constructor(name = 'deals.ndjson') {
    this.name = name
  }

  at(ending = ''): string {
    return join(this.folder, `${this.name}${ending}`)
  }

  text(ending = ''): string {
    return readFileSync(this.at(ending), 'utf8')
  }

  /** What the checkpoint says; `undefined` if there is none. */
  get checkpoint(): Checkpoint | undefined {
    const name = this.at('.partial.checkpoint')
    return existsSync(name) ? (JSON.parse(readFileSync(name, 'utf8')) as Checkpoint) : undefined
  }

  async open(resume: Partial<ResumeRequest> = {}): Promise<Destination & { readonly recorder: Recorder }> {
    const destination = await openDestination({
      file: this.name,
      cwd: this.folder,
      pid: process.pid,
      stdout: { stream: new PassThrough(), descriptor: undefined },
      inputs: [],
      isGzipped: this.name.endsWith('.gz'),
      waiting: { signal: new AbortController().signal, onWait: () => undefined },
      resume: {
        request: { method: 'crm.deal.list', limit: null },
        isRestart: false,
        now: () => this.now,
        warn: (message) => this.warnings.push(message),
        ...resume,
      },
    })
    const { recorder } = destination
    if (recorder === undefined) throw new Error('nothing is written down')
    return { ...destination, recorder }
  }

  /** Writes a row of the list, whose id is `id`, so many ms later. */
  async add(destination: Destination, id: number, laterMs = 0, row = `row ${id}\n`): Promise<void> {
    await destination.write(Buffer.from(row))
    this.now += laterMs
    const mark = { afterId: id, rows: id, select: undefined, columns: undefined }
    await destination.recorder?.reached(() => mark)
  }
}
