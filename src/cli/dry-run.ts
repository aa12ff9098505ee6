import { openDestination } from '../output/open-destination.ts'
import { sinkFor } from '../output/open-sink.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { JsonText } from '../protocol/json-text.ts'
import { isRead } from '../protocol/methods/reads.ts'
import type { ApiVersion, Params } from '../protocol/types.ts'
import type { Context } from './context.ts'
import type { OutputOptions } from './output-options.ts'

/** One call that would be made. */
export interface ShownCall {
  readonly line: number
  readonly method: string
  readonly params: Params
  readonly api?: ApiVersion | undefined
}

const PAGE = 50

/** A batch of REST 3.0 has no key for each of its writes, and does not say which were carried out. */
function whyAloneInV3(method: string): string | undefined {
  return isRead(method) ? undefined : 'a write of REST 3.0, with a key of its own'
}

/** Writes the calls that would be made, one a line, and sends nothing. `mayRefer`: references are meant as such. */
export async function showCalls(
  calls: AsyncIterable<ShownCall>,
  output: OutputOptions,
  { mayRefer }: { readonly mayRefer: boolean },
  context: Context,
): Promise<void> {
  const { stdout: stream, stdoutDescriptor: descriptor, cwd, pid, signal } = context
  const destination = await openDestination({
    file: output.file,
    cwd,
    pid,
    stdout: { stream, descriptor },
    inputs: [],
    fileMode: output.fileMode,
    isGzipped: output.isGzipped,
    waiting: { signal, onWait: () => undefined },
  })
  const names = ['line', 'method', 'params', 'alone']
  try {
    const sink = await sinkFor(
      output,
      destination,
    )(() => Promise.resolve({ names, isOpen: false, isSpellingLoose: false }))
    let page: JsonText[] = []
    for await (const { line, method, params, api } of calls) {
      signal.throwIfAborted()
      const alone = api === 'v3' ? whyAloneInV3(method) : whyAlone(params, { mayRefer })
      const shown = { line, method, params, ...(alone === undefined ? {} : { alone }) }
      page.push(JsonText.of(Buffer.from(JSON.stringify(shown))))
      if (page.length < PAGE) continue
      await sink.write(page)
      page = []
    }
    await sink.write(page)
    await sink.close()
    await destination.commit()
  } catch (error) {
    await destination.abandon()
    throw error
  }
}
