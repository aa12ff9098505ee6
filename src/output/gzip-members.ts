import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** So much text makes a member, and what is left of its last row. */
export const MEMBER_BYTES = 1 << 20

const packed = promisify(gzip)

/**
 * Packs text into gzip members of 1 MiB, each of which ends with a row: wherever a run begins anew behind a whole member,
 * the members are the same.
 */
export class GzipMembers {
  readonly #write: (chunk: Buffer) => Promise<void>
  #pending: Buffer[] = []
  #size = 0
  #hasMember: boolean

  constructor(write: (chunk: Buffer) => Promise<void>, hasMember: boolean) {
    this.#write = write
    this.#hasMember = hasMember
  }

  add(chunk: Buffer): void {
    // The caller will use the room of the chunk again.
    this.#pending.push(Buffer.from(chunk))
    this.#size += chunk.length
  }

  /** Told of the end of a row: ends the member if it is long enough; whether it did. */
  async rowEnded(): Promise<boolean> {
    if (this.#size < MEMBER_BYTES) return false
    await this.#endMember()
    return true
  }

  /** Ends the member that was begun, if one was. */
  async flush(): Promise<void> {
    if (this.#size > 0) await this.#endMember()
  }

  /** Ends the last member; a file without any rows has an empty one. */
  async end(): Promise<void> {
    if (this.#size > 0 || !this.#hasMember) await this.#endMember()
  }

  async #endMember(): Promise<void> {
    const member = await packed(Buffer.concat(this.#pending))
    this.#pending = []
    this.#size = 0
    this.#hasMember = true
    await this.#write(member)
  }
}
