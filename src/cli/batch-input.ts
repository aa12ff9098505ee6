import { type BatchCommand, isYamlName, readBatchInput, type TextLine } from '../input/batch-file.ts'
import { utf8Chunks } from '../input/decoded.ts'
import type { InputSource } from '../input/input-row.ts'
import { linesOf } from '../input/lines.ts'
import { unpacked } from '../input/unpacked.ts'

export interface BatchSource {
  /** Reads the commands from their beginning. */
  commands(): AsyncGenerator<BatchCommand, void, undefined>
  /** Whether the document that was read asks to halt. */
  halts(): boolean
  /** Whether it is a document of the portal's own, whose commands run in their order. */
  isDocument(): boolean
}

/** The commands of a file or of standard input. @throws UsageError from reading */
export function openBatchInput(
  source: InputSource,
  { isYaml, encoding }: { readonly isYaml: boolean | undefined; readonly encoding: string },
): BatchSource {
  let hasHalt = false
  let isDocument = false
  return {
    async *commands() {
      const lines = textLines(source, encoding)
      const input = await readBatchInput(lines, {
        name: source.name,
        isYaml: isYaml ?? isYamlName(source.name),
      })
      isDocument = input.form === 'document'
      if (input.form === 'document') hasHalt = input.halt
      yield* input.commands
    },
    halts: () => hasHalt,
    isDocument: () => isDocument,
  }
}

async function* textLines(source: InputSource, encoding: string): AsyncGenerator<TextLine, void, undefined> {
  const chunks = utf8Chunks(unpacked(source), encoding, source.name)
  try {
    for await (const lines of linesOf(chunks, source.name)) {
      for (const { line, bytes } of lines) yield { line, text: bytes.toString() }
    }
  } finally {
    await chunks.return()
  }
}
