import type { Command } from 'commander'
import { flagName, parseFlag } from '../../config/settings.ts'
import { text } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import { idsOfList, readIds } from '../../input/ids.ts'
import type { InputId } from '../../input/input-row.ts'
import { abortable } from '../../lib/abortable.ts'
import { checkGetById } from '../../operations/check-get-by-id.ts'
import type { IdItem } from '../../operations/get-by-id.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { ApiVersion } from '../../protocol/types.ts'
import { apiOf } from '../../protocol/api.ts'
import { byIdMethod } from '../../protocol/by-id-methods.ts'
import { previewed } from '../checked-input.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { ID_OPTIONS } from '../id-options.ts'
import { inputFiles } from '../input-files.ts'
import { INPUT_OPTIONS, type OpenInput, openInput, readInputSettings } from '../input-options.ts'
import { resultColumns, writeItems } from '../item-output.ts'
import { lanesOf } from '../lanes.ts'
import { loadSettings } from '../load-settings.ts'
import { type Option, RUN_OPTIONS } from '../options.ts'
import { withOutputDefaults } from '../output-defaults.ts'
import { OUTPUT_OPTIONS, type OutputOptions, readOutputOptions } from '../output-options.ts'
import { readParameters } from '../parameters.ts'
import { runOnPortal } from '../portal-run.ts'
import { openRejectedFiles } from '../rejected-files.ts'
import { SEND_OPTIONS, stopAfterErrors } from '../send-options.ts'

const { api, param, paramJson, params, sandbox } = RUN_OPTIONS
const { maxErrors, errors } = SEND_OPTIONS

const OWN_OPTIONS = {
  ...ID_OPTIONS,
  idParam: {
    placeholder: '<PARAM>',
    description:
      'parameter that takes the id, such as taskId or filter[ENTITY_ID]; known for many methods, else ID',
    group: 'What to get',
    parse: text,
  },
  flat: {
    description: 'write the rows alone, those of a list with the id of their parent beside them',
    group: 'Where it goes',
    parse: text,
  },
  parentField: {
    placeholder: '<NAME>',
    description: 'name of the field that --flat puts the parent id into; default for lists: parentId',
    group: 'Where it goes',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

export const GET_BY_ID = {
  name: 'get-by-id',
  summary: 'Ask a method for each of many ids, packed into batches',
  description:
    'Ids come one a line, or in rows, from a file or standard input. One result line comes out for each, in the same order; ' +
    'lists are followed to their end. What is not there is refused with NOT_FOUND.',
  argument: { name: 'METHOD', description: 'a method that answers for one id, such as crm.deal.get' },
  furtherArgument: { name: 'FILE', description: 'the ids; - or nothing is standard input', isOptional: true },
  examples: [
    {
      does: 'the contacts of all deals',
      command: 'bx24 get-by-id crm.deal.contact.items.get deals.ndjson --flat -o contacts.ndjson',
    },
    { does: 'three tasks', command: 'bx24 get-by-id tasks.task.get --ids 17,18,25' },
    {
      does: 'the comments of deals whose ids another program writes',
      command:
        'jq -r .ID deals.ndjson | bx24 get-by-id crm.timeline.comment.list - -p filter[ENTITY_TYPE]=deal',
    },
  ],
  options: {
    ...OWN_OPTIONS,
    api,
    param,
    paramJson,
    params,
    ...INPUT_OPTIONS,
    maxErrors,
    errors,
    ...OUTPUT_OPTIONS,
    sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

interface Options {
  readonly method: string
  readonly api: ApiVersion
  readonly inputName: string | undefined
  readonly ids: string | undefined
  readonly idsFrom: string | undefined
  readonly idParam: string | undefined
  readonly isFlat: boolean
  readonly parentField: string | undefined
  readonly param: readonly string[]
  readonly paramJson: readonly string[]
  readonly params: string | undefined
  readonly output: OutputOptions
  readonly sandbox: string | undefined
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerGetById(program: Command, context: Context): void {
  addCommand(program, GET_BY_ID).action(
    async (method: string, file: string | undefined, _given: unknown, command: Command) => {
      const flags: Record<string, unknown> = { ...command.optsWithGlobals(), inputFile: file }
      await runGetById(readOptions(method, file, flags), context)
    },
  )
}

function readOptions(
  method: string,
  inputName: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Options {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const isFlat = flags['flat'] === true
  if (!isFlat && one('parentField') !== undefined) {
    throw new UsageError('parent-field', '--parent-field says what --flat adds to rows; --flat is not given.')
  }
  const wanted = one('api')
  return {
    method,
    api: apiOf(method, wanted === undefined ? undefined : parseFlag(api.parse, 'api', wanted)),
    inputName,
    ids: one('ids'),
    idsFrom: one('idsFrom'),
    idParam: one('idParam'),
    isFlat,
    parentField: one('parentField'),
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    output: readOutputOptions(flags),
    sandbox: one('sandbox'),
    flags,
  }
}

async function runGetById(options: Options, context: Context): Promise<void> {
  const { method, api, flags, sandbox, idParam, isFlat } = options
  const settings = await loadSettings(flags, context)
  // Rows have the form that the profile says; result lines are what they are.
  const output = isFlat ? readOutputOptions(withOutputDefaults(flags, settings.portal)) : options.output
  const parameters = await abortable(
    readParameters({ ...options, where: [], select: undefined }, context),
    context.signal,
  )
  const request = { method, api, idParam, params: parameters.params }
  checkGetById(request)
  const most = flags['maxErrors'] as string | undefined
  const stopAfter = stopAfterErrors(
    most === undefined ? undefined : parseFlag(maxErrors.parse, 'maxErrors', most),
  )
  const lanes = lanesOf(6, settings)
  const { opened, read, header } = openIds(options, flags, context)
  const preview = await previewed(opened, read, 1, context.signal)
  const files = await inputFiles(options, context.cwd)
  await runOnPortal(
    {
      method,
      flags,
      sandbox,
      output,
      inputs: opened.file === undefined ? files : [...files, opened.file],
      rowsWanted: preview.isCounted ? preview.count : Infinity,
      lanes,
      async work({ caller, onEvent, openSink }) {
        const [{ getById }, { resultLine }, { flatRows }] = await Promise.all([
          import('../../operations/get-by-id.ts'),
          import('../../operations/result-line.ts'),
          import('../../operations/flat-rows.ts'),
        ])
        const rejected = await openRejectedFiles(flags, header(), context.cwd)
        const { batchSize, retries, maxWait: maxWaitMs } = settings.values
        const isList = byIdMethod(method, api).answers === 'list'
        const parentField = options.parentField ?? (isList ? 'parentId' : undefined)
        const rows = ({ input, fate }: IdItem): readonly JsonText[] => {
          if (fate === undefined) return []
          if (!isFlat) return [resultLine({ line: input.line, id: input.literal }, fate)]
          return fate.outcome === 'done' ? flatRows(fate.result, parentField, input.literal) : []
        }
        try {
          const items = getById(caller, request, preview.inputs, {
            signal: context.signal,
            onEvent,
            batchSize,
            firstSize: batchSize,
            lanes,
            retries,
            maxWaitMs,
            window: Math.max(500, 4 * lanes * batchSize),
            stopAfter,
          })
          const columns = isFlat ? { names: [], isOpen: true, isSpellingLoose: false } : resultColumns(false)
          await writeItems(items, {
            sink: await openSink(() => Promise.resolve(columns)),
            rows,
            raw: ({ input }) => input.raw,
            // A question that was not answered can be asked again.
            rejected: { refused: rejected.refused, unknown: rejected.refused },
            flatten: output.style.flatten,
            total: preview.isCounted ? preview.count : undefined,
            onEvent,
            warn: (text) => context.messages.warn(text),
          })
        } finally {
          await rejected.close()
        }
      },
    },
    settings,
    context,
  )
}

/** Where the ids come from. @throws UsageError */
function openIds(
  { inputName, ids, idsFrom, params, paramJson }: Options,
  flags: Readonly<Record<string, unknown>>,
  context: Context,
): {
  readonly opened: OpenInput
  readonly read: () => AsyncGenerator<InputId, void, undefined>
  /** Of a table, as soon as it is read. */
  readonly header: () => Buffer | undefined
} {
  const { format, encoding, delimiter } = readInputSettings(flags)
  if (ids !== undefined) {
    const useless = ['idsFrom', 'encoding', 'inputFormat', 'inputDelimiter'].find(
      (key) => flags[key] !== undefined,
    )
    if (useless !== undefined) {
      throw new UsageError('ids-twice', `${flagName(useless)} is for ids in a file; --ids has them itself.`)
    }
    if (inputName !== undefined) {
      throw new UsageError('ids-twice', '--ids and a file of ids are both given.', 'Keep one of them.')
    }
    const listed = idsOfList(ids)
    const source = {
      name: '--ids',
      open: () => {
        throw new Error('a list is not opened')
      },
    }
    return {
      opened: { source, isRepeatable: true, file: undefined },
      // eslint-disable-next-line @typescript-eslint/require-await -- ids are read asynchronously
      async *read() {
        yield* listed
      },
      header: () => undefined,
    }
  }
  const opened = openInput(inputName, context, { params, paramJson })
  let header: Buffer | undefined
  const onHeader = (read: Buffer | undefined): void => {
    header = read
  }
  return {
    opened,
    read: () => readIds(opened.source, { encoding, from: idsFrom, format, delimiter, onHeader }),
    header: () => header,
  }
}
