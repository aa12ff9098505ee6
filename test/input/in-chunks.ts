import fc from 'fast-check'
import type { InputId, InputRow, InputSource } from '../../src/input/input-row.ts'
import { JsonText } from '../../src/protocol/json-text.ts'

export interface ChunkSource extends InputSource {
  /** How often it was opened, and how often closed again. */
  readonly opened: () => number
  readonly closed: () => number
}

/** A source in memory that hands over its content in these chunks. */
export function chunkSource(chunks: readonly (Buffer | string)[], name = 'standard input'): ChunkSource {
  let opened = 0
  let closed = 0
  return {
    name,
    opened: () => opened,
    closed: () => closed,
    async *open() {
      opened++
      try {
        for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk))
      } finally {
        closed++
      }
    },
  }
}

/** The content cut into two at every place, and into single bytes. */
export function everyCut(content: Buffer | string): Buffer[][] {
  const bytes = Buffer.from(content)
  const twos = Array.from({ length: bytes.length + 1 }, (_, at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ])
  return [...twos, Array.from(bytes, (byte) => Buffer.of(byte))]
}

/** The content cut at places of chance. */
export function cutAt(content: Buffer | string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(content)
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return cuts.slice(1).map((end, at) => bytes.subarray(cuts[at], end))
}

export const cutPlaces = fc.array(fc.nat(), { maxLength: 12 })

export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** What was handed over before the failure, and the failure. */
export async function untilFailure<T>(items: AsyncIterable<T>): Promise<{ items: T[]; failure: unknown }> {
  const all: T[] = []
  try {
    for await (const item of items) all.push(item)
  } catch (failure: unknown) {
    return { items: all, failure }
  }
  return { items: all, failure: undefined }
}

/** A row as plain values: literals of JSON as they stand, cells as they are. */
export function plain({ line, fields, raw }: InputRow): {
  line: number
  fields: Record<string, string>
  raw: string
} {
  const entries = [...fields].map(([name, value]) => [
    name,
    value instanceof JsonText ? String(value) : value,
  ])
  return { line, fields: Object.fromEntries(entries) as Record<string, string>, raw: raw.toString() }
}

export function plainId({ line, literal, text, raw }: InputId): [number, string, string, string] {
  return [line, literal, text, raw.toString()]
}

/** Letters of windows-1251 as their bytes. */
export function windows1251(text: string): Buffer {
  const decoder = new TextDecoder('windows-1251')
  const codes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]))
  return Buffer.from(Array.from(text, (letter) => codes.get(letter) ?? 0x3f))
}
