import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { readRows } from '../../input/read-rows.ts'
import { abortable } from '../../lib/abortable.ts'
import { type CallShape, callInput } from '../../operations/call-inputs.ts'
import type { CallInput } from '../../operations/call-rows.ts'
import { parseTemplate } from '../../operations/template.ts'
import type { Journal } from '../../output/journal.ts'
import { callKind, isMethodName, isRead } from '../../protocol/methods/reads.ts'
import { bracketPath } from '../../protocol/params.ts'
import { CALL, type CallOptions, readCallOptions } from '../call-options.ts'
import { previewed } from '../checked-input.ts'
import { addCommand } from '../command-spec.ts'
import { confirmed, rowsToKnow } from '../confirm.ts'
import type { Context } from '../context.ts'
import { showCalls, type ShownCall } from '../dry-run.ts'
import { inputFiles } from '../input-files.ts'
import { openInput } from '../input-options.ts'
import { resultColumns, writeItems } from '../item-output.ts'
import { lanesOf } from '../lanes.ts'
import { loadSettings } from '../load-settings.ts'
import { readParameters } from '../parameters.ts'
import { runOnPortal } from '../portal-run.ts'
import { openRejectedFiles } from '../rejected-files.ts'
import { stopAfterErrors } from '../send-options.ts'
import { isOutputFailure, SentCalls } from '../sent-calls.ts'

export function registerCall(program: Command, context: Context): void {
  addCommand(program, CALL).action(
    async (method: string, file: string | undefined, _given: unknown, command: Command) => {
      const flags: Record<string, unknown> = { ...command.optsWithGlobals(), inputFile: file }
      await runCall(readCallOptions(method, file, flags), context)
    },
  )
}

/** Checks the whole input, if it can be read twice, asks where that is due, and sends. */
async function runCall(options: CallOptions, context: Context): Promise<void> {
  const { method, api, flags, sandbox, output } = options
  const settings = await loadSettings(flags, context)
  const shape = await callShape(options, context)
  const opened = openInput(options.inputName, context, options)
  let header: Buffer | undefined
  const { source } = opened
  async function* read(): AsyncGenerator<CallInput, void, undefined> {
    const input = await readRows(source, options.input)
    header = input.header
    for await (const row of input.rows) yield callInput(row, shape, source.name)
  }
  const kind = callKind(method)
  const lookAhead = rowsToKnow(kind, options.isConfirmed, context)
  const preview = await previewed(opened, read, lookAhead, context.signal)
  if (options.isDryRun) {
    await showCalls(withMethod(options, preview.inputs), output, { mayRefer: false }, context)
    return
  }
  const files = await inputFiles(options, context.cwd)
  let journal: Journal | undefined
  const sent = new SentCalls()
  const stopAfter = stopAfterErrors(options.maxErrors)
  const isReading = isRead(method)
  const usual = options.journal !== undefined ? 1 : isReading ? 6 : 2
  const lanes = options.isSerial ? 1 : lanesOf(usual, settings)
  try {
    await runOnPortal(
      {
        method,
        flags,
        sandbox,
        output,
        inputs: opened.file === undefined ? files : [...files, opened.file],
        rowsWanted: preview.isCounted ? preview.count : Infinity,
        lanes: options.isSerial ? undefined : lanes,
        nextStep: (exitCode) => nextStep(exitCode, options),
        async beforeOpening(host) {
          const { count: rows, isCounted, sample } = preview
          await confirmed(
            {
              method,
              kind,
              host,
              rows,
              isCounted,
              sample: sample.map(({ raw }) => raw),
              isConfirmed: options.isConfirmed,
            },
            context,
          )
          journal = await journalOf(options, shape, host, context)
        },
        async work({ caller, onEvent, openSink }) {
          const [{ callRows }, { resultLine }, { rowDigest }] = await Promise.all([
            import('../../operations/call-rows.ts'),
            import('../../operations/result-line.ts'),
            import('../../output/journal.ts'),
          ])
          const rejected = await openRejectedFiles(flags, header, context.cwd)
          const { batchSize, retries, maxWait: maxWaitMs } = settings.values
          try {
            const items = callRows(caller, method, preview.inputs, {
              signal: context.signal,
              onEvent,
              batchSize,
              firstSize: isReading ? batchSize : FIRST_WRITES,
              lanes,
              retries,
              maxWaitMs,
              api,
              isIdempotent: options.isIdempotent,
              isSerial: options.isSerial,
              window: Math.max(LEAST_WINDOW, 4 * lanes * batchSize),
              stopAfter(item) {
                sent.settled(item)
                return stopAfter?.(item)
              },
              journal,
              digest: ({ raw }) => rowDigest([header ?? '', raw]),
            })
            await writeItems(items, {
              flatten: output.style.flatten,
              sink: await openSink(() =>
                Promise.resolve(
                  resultColumns(options.key !== undefined, api === 'v3' ? ['replayed'] : ['total', 'next']),
                ),
              ),
              rows: ({ input, fate }) => (fate === undefined ? [] : [resultLine(input, fate)]),
              raw: ({ input }) => input.raw,
              rejected,
              total: preview.isCounted ? preview.count : undefined,
              onEvent,
              wrote: isReading ? undefined : (written) => sent.wrote(written),
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
  } catch (error) {
    throw isRead(method) ? error : sent.noted(error, context)
  } finally {
    await journal?.close()
  }
}

async function* withMethod(
  { method, api }: CallOptions,
  inputs: AsyncIterable<CallInput>,
): AsyncGenerator<ShownCall> {
  for await (const { line, params } of inputs) yield { line, method, params, api }
}

/** Writes in the first requests, before it is known how long the portal takes for them. */
const FIRST_WRITES = 10

const LEAST_WINDOW = 500

async function callShape(options: CallOptions, context: Context): Promise<CallShape> {
  const { method, api, into, fields, sendsEmpty, key } = options
  if (!isMethodName(method)) {
    throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.update.')
  }
  if (method.toLowerCase() === 'batch') {
    throw new UsageError('batch-nested', 'Calls are packed into batches by themselves.', 'Use bx24 batch.')
  }
  if (into !== undefined && fields.length > 0) {
    throw new UsageError(
      'into-field',
      '--into and --field are two ways to say where columns go.',
      'Use one of them.',
    )
  }
  if (into !== undefined) bracketPath(into)
  const parameters = await abortable(
    readParameters({ ...options, where: [], select: undefined }, context),
    context.signal,
  )
  return {
    method,
    api,
    params: parameters.params,
    into,
    templates: fields.map(parseTemplate),
    sendsEmpty,
    key,
  }
}

async function journalOf(
  { journal: name, method, api, into, fields, sendsEmpty, param, paramJson }: CallOptions,
  { params }: CallShape,
  host: string,
  { cwd, pid }: Context,
): Promise<Journal | undefined> {
  if (name === undefined) return undefined
  const [{ openJournal, rowDigest }, { newKeys }] = await Promise.all([
    import('../../output/journal.ts'),
    import('../../protocol/idempotency.ts'),
  ])
  const about = {
    portal: host,
    method,
    ...(api === 'v3' ? { '--api': api } : {}),
    '--into': into ?? '',
    '--field': fields.join(' '),
    '--empty': sendsEmpty ? 'clear' : 'skip',
    '-p': param.join(' '),
    '-P': paramJson.join(' '),
    // Files that options name may hold something else than last time.
    parameters: rowDigest([JSON.stringify(params)]),
  }
  return openJournal(resolve(cwd, name), about, pid, api === 'v3' ? newKeys() : undefined)
}

/** Running a write again does it twice, unless a journal knows what was done. */
function nextStep(exitCode: number, { journal, flags }: CallOptions): string | undefined {
  const isWorthIt = [5, 6, 74].includes(exitCode) || exitCode > 128
  if (journal !== undefined)
    return isWorthIt ? `run the same command again: ${journal} knows what was done` : undefined
  if (isOutputFailure(exitCode)) return undefined
  const { errors: file } = flags
  if (typeof file !== 'string' || exitCode > 128) return undefined
  return `send again what was refused or not sent: it is in ${file}`
}
