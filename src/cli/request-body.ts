import { UsageError } from '../errors.ts'
import { checkedBody } from '../operations/raw-body.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { dataFile } from './input-files.ts'
import { InputReader, type Inputs } from './input-reader.ts'
import { type ParameterOptions, readParameters } from './parameters.ts'

export interface BodyOptions extends Pick<ParameterOptions, 'param' | 'paramJson' | 'params'> {
  /** The body itself, as JSON, `@FILE` or `-`. */
  readonly data: string | undefined
}

/**
 * The body of a request: what `--data` gives, byte for byte, or the parameters of the other options as JSON.
 *
 * @throws UsageError for what the portal would not read, for both at once, and for files that cannot be read
 */
export async function readBody(options: BodyOptions, inputs: Inputs): Promise<JsonText> {
  const { data, param, paramJson, params } = options
  if (data === undefined) {
    const given = await readParameters({ param, paramJson, params, where: [], select: undefined }, inputs)
    return checkedBody(Buffer.from(JSON.stringify(given.params)), 'What the parameters make')
  }
  if (params !== undefined || param.length > 0 || paramJson.length > 0) {
    throw new UsageError(
      'data-or-params',
      '--data is the whole body, so no parameters can be given beside it.',
      'Write them into it, or use -p, -P and --params alone.',
    )
  }
  const file = dataFile(data)
  if (file === undefined) return checkedBody(wordBytes(data), '--data')
  const name = `--data ${data}`
  return checkedBody(await new InputReader(inputs).bytes(file, name), name)
}

/** A word of the command line is text already: what was no UTF-8 in it was replaced before it came to us. */
function wordBytes(word: string): Buffer {
  if (word.includes('\uFFFD')) {
    throw new UsageError(
      'data',
      '--data has U+FFFD in it, which stands for bytes that are no UTF-8.',
      'If it is meant, give the body as a file: --data @FILE.',
    )
  }
  return Buffer.from(word)
}
