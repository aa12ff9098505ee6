import { createHash } from 'node:crypto'

const LINE_FEED = 0x0a

/** The sandbox writes the id first; it is found without parsing a million rows. */
const LEADING_ID = /^\{"(?:ID|id)":"?(\d+)/
const LONGEST_LEAD = 40

/** What a stream of NDJSON held. */
export interface RowScan {
  /** In the order of the lines; `NaN` for a line without an id. */
  readonly ids: readonly number[]
  readonly bytes: number
  readonly sha256: string
  /** The last line has its line feed. */
  readonly isWhole: boolean
}

/** Takes NDJSON in pieces, in constant memory but for the ids. */
export class RowScanner {
  readonly #ids: number[] = []
  readonly #hash = createHash('sha256')
  #bytes = 0
  #rest: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let from = 0
    for (let end = text.indexOf(LINE_FEED); end >= 0; end = text.indexOf(LINE_FEED, from)) {
      this.#ids.push(idAt(text, from, end))
      from = end + 1
    }
    this.#rest = Buffer.from(text.subarray(from))
  }

  end(): RowScan {
    return {
      ids: this.#ids,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      isWhole: this.#rest.length === 0,
    }
  }
}

export async function scanRows(chunks: AsyncIterable<Buffer>): Promise<RowScan> {
  const scanner = new RowScanner()
  for await (const chunk of chunks) scanner.add(chunk)
  return scanner.end()
}

function idAt(bytes: Buffer, start: number, end: number): number {
  const lead = LEADING_ID.exec(bytes.toString('latin1', start, Math.min(end, start + LONGEST_LEAD)))
  return Number(lead?.[1] ?? Number.NaN)
}
