import { createHash } from 'node:crypto'
import { VERSION } from '../lib/version.ts'
import type { Mark } from './recorder.ts'
import { canonical, type Json, type JsonMap } from './request-difference.ts'

/** Another number means another layout, or rows that are written in another way. */
const LAYOUT = 1

/** How far an export is, as it is written down beside its partial file. */
export interface Checkpoint {
  /** All rows are there; FILE was about to be replaced. */
  readonly isComplete: boolean
  /** When the export began, in ISO 8601. */
  readonly startedAt: string
  /** What was asked for and how it is written, by names that people know. */
  readonly request: JsonMap
  /** So many bytes of the partial file count. */
  readonly bytes: number
  /** SHA-256 of these bytes, in hexadecimal digits. */
  readonly sha256: string
  readonly mark: Mark
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function checkpointText(checkpoint: Checkpoint): string {
  const content = {
    checkpoint: LAYOUT,
    tool: `bx24 ${VERSION}`,
    requestHash: sha256(canonical(checkpoint.request)),
    ...checkpoint,
  }
  return `${JSON.stringify({ ...content, checksum: sha256(JSON.stringify(content)) }, null, 2)}\n`
}

/** Reads it again; `undefined` if it is damaged, or was written by a version that writes other ones. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  try {
    const { checksum, ...content } = JSON.parse(text) as Readonly<Record<string, Json>>
    // What was written by us, and is as it was, has the shape that we gave it.
    const isOurs = content['checkpoint'] === LAYOUT && checksum === sha256(JSON.stringify(content))
    return isOurs ? (content as unknown as Checkpoint) : undefined
  } catch {
    return undefined
  }
}
