import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { oneOf, ValueError } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import type { BatchCommand } from '../../input/batch-file.ts'
import { checkedCommand } from '../../operations/checked-command.ts'
import { commandGroups, LOOK_AHEAD } from '../../operations/command-groups.ts'
import { type CallKind, callKind } from '../../protocol/methods/reads.ts'
import { openBatchInput } from '../batch-input.ts'
import { previewed } from '../checked-input.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { showCalls } from '../dry-run.ts'
import { INPUT_OPTIONS, openInput } from '../input-options.ts'
import { resultColumns, writeItems } from '../item-output.ts'
import { lanesOf } from '../lanes.ts'
import { loadSettings } from '../load-settings.ts'
import { type Option, RUN_OPTIONS } from '../options.ts'
import { OUTPUT_OPTIONS, readOutputOptions } from '../output-options.ts'
import { runOnPortal } from '../portal-run.ts'
import { openRejectedFiles } from '../rejected-files.ts'
import { SEND_OPTIONS, stopAfterErrors } from '../send-options.ts'
import { isOutputFailure, SentCalls } from '../sent-calls.ts'

const { maxErrors, errors, unknown, idempotent, yes, dryRun } = SEND_OPTIONS

/** @throws UsageError for the other one */
function onlyV2(given: string): 'v2' {
  if (given === 'v2') return given
  if (given !== 'v3') throw new ValueError('must be v2')
  throw new UsageError(
    'batch-v3',
    'bx24 batch runs commands of the older interface: in REST 3.0 one refused command fails a batch, with no word of the others.',
    'bx24 call METHOD --api v3 takes a row for each call; bx24 raw batch --api v3 --data @FILE sends [{"method","query"}] as it is.',
  )
}

const OWN_OPTIONS = {
  inputFormat: {
    placeholder: '<FORMAT>',
    description:
      'json or yaml; default: yaml by the name of the file, else JSON: a command a line, or one document',
    group: 'What to send',
    parse: oneOf(['json', 'yaml']),
  },
  encoding: INPUT_OPTIONS.encoding,
  api: {
    placeholder: '<VERSION>',
    description:
      'v2; a batch of REST 3.0 is of another kind, which call packs by itself and raw sends as it is',
    group: 'What to send',
    parse: onlyV2,
  },
  halt: {
    description: 'end the run with the first command that is not done; requests then go one after the other',
    group: 'What to send',
    parse: (given: string) => given,
  },
} as const satisfies Readonly<Record<string, Option>>

export const BATCH = {
  name: 'batch',
  summary: 'Run commands of any methods, packed into batches',
  description:
    'Commands come one a line, {"id":"a","method":"crm.deal.get","params":{"id":1}}, or as the portal’s own ' +
    '{"halt":0,"cmd":{…}} in JSON or YAML. $result[id][…] takes a value from the answer of an earlier command. ' +
    'One result line comes out for each, in the same order.',
  argument: { name: 'FILE', description: 'the commands; - or nothing is standard input', isOptional: true },
  examples: [
    {
      does: 'a deal and its contact',
      command:
        'echo \'{"cmd":{"d":"crm.deal.get?id=7","c":"crm.contact.get?id=$result[d][CONTACT_ID]"}}\' | bx24 batch',
    },
    {
      does: 'many commands, and those that were refused',
      command: 'bx24 batch commands.ndjson --errors refused.ndjson',
    },
  ],
  options: {
    ...OWN_OPTIONS,
    maxErrors,
    idempotent,
    yes,
    dryRun,
    errors,
    unknown,
    ...OUTPUT_OPTIONS,
    sandbox: RUN_OPTIONS.sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export function registerBatch(program: Command, context: Context): void {
  addCommand(program, BATCH).action(async (file: string | undefined, _given: unknown, command: Command) => {
    await runBatchCommand(file, { ...command.optsWithGlobals(), inputFile: file }, context)
  })
}

async function runBatchCommand(
  inputName: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<void> {
  const parsed = <T>(key: string, parse: (given: string) => T): T | undefined => {
    const given = flags[key]
    return typeof given === 'string' ? parseFlag(parse, key, given) : undefined
  }
  parsed('api', OWN_OPTIONS.api.parse)
  const output = readOutputOptions(flags)
  const stopAfter = stopAfterErrors(parsed('maxErrors', maxErrors.parse))
  const settings = await loadSettings(flags, context)
  const opened = openInput(inputName, context, { params: undefined, paramJson: [] })
  const input = openBatchInput(opened.source, {
    isYaml: parsed('inputFormat', OWN_OPTIONS.inputFormat.parse) === 'yaml' || undefined,
    encoding: parsed('encoding', OWN_OPTIONS.encoding.parse) ?? 'utf-8',
  })
  const isConfirmed = flags['yes'] === true
  const kinds = new Set<CallKind>()
  let isUnderWay = false
  async function* read(): AsyncGenerator<BatchCommand, void, undefined> {
    for await (const command of input.commands()) {
      const kind = callKind(command.method)
      // Whoever was asked saw no such command.
      if (isUnderWay && kind === 'delete' && !isConfirmed && !kinds.has('delete')) throw lateDeletion(command)
      kinds.add(kind)
      yield checkedCommand(command)
    }
  }
  // References and ids are checked with everything else, before anything is sent.
  if (opened.isRepeatable) await passedThrough(commandGroups(read()), context.signal)
  // A command waits for so many others in any case: they may refer to it.
  const preview = await previewed(opened, read, isConfirmed ? 1 : LOOK_AHEAD + 1, context.signal)
  if (flags['dryRun'] === true) {
    await showCalls(preview.inputs, output, { mayRefer: true }, context)
    return
  }
  const sent = new SentCalls()
  await runOnPortal(
    {
      method: 'batch',
      flags,
      sandbox: flags['sandbox'] as string | undefined,
      output,
      inputs: opened.file === undefined ? [] : [opened.file],
      rowsWanted: preview.isCounted ? preview.count : Infinity,
      lanes: lanesOf(2, settings),
      nextStep: (exitCode) => nextStep(exitCode, flags),
      async beforeOpening(host) {
        await confirmed(
          {
            method: 'batch',
            kind: kinds.has('delete') ? 'delete' : kinds.has('change') ? 'change' : 'read',
            host,
            rows: preview.count,
            isCounted: preview.isCounted,
            sample: preview.sample.map(rawOf),
            isConfirmed,
          },
          context,
        )
        isUnderWay = true
      },
      async work({ caller, onEvent, openSink }) {
        const [{ runBatch }, { resultLine }] = await Promise.all([
          import('../../operations/run-batch.ts'),
          import('../../operations/result-line.ts'),
        ])
        const rejected = await openRejectedFiles(flags, undefined, context.cwd)
        const { batchSize, retries, maxWait: maxWaitMs } = settings.values
        try {
          const items = runBatch(caller, preview.inputs, {
            signal: context.signal,
            onEvent,
            batchSize,
            firstSize: batchSize,
            lanes: lanesOf(2, settings),
            retries,
            maxWaitMs,
            window: 2_000,
            isIdempotent: flags['idempotent'] === true,
            halts: flags['halt'] === true || input.halts(),
            isOrdered: input.isDocument(),
            stopAfter(item) {
              sent.settled(item)
              return stopAfter?.(item)
            },
          })
          await writeItems(items, {
            flatten: output.style.flatten,
            sink: await openSink(() => Promise.resolve(resultColumns(false, ['total', 'next', 'time']))),
            rows: ({ input: { line, idLiteral }, fate }) =>
              fate === undefined ? [] : [resultLine({ line, id: idLiteral }, fate)],
            raw: ({ input: command, handedBack: params = command.params }) => rawOf({ ...command, params }),
            rejected,
            total: preview.isCounted ? preview.count : undefined,
            onEvent,
            wrote: (written) => sent.wrote(written),
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

function lateDeletion({ line, method }: BatchCommand): UsageError {
  return new UsageError(
    'needs-yes',
    `Line ${line}: ${method} deletes, which was not known when the run began.`,
    'Name a file in place of a pipe, or add --yes if that is what you want.',
  )
}

async function passedThrough(all: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  for await (const one of all) if (one !== undefined) signal.throwIfAborted()
}

/** A command as a line of input. */
function rawOf({ idLiteral, method, params }: BatchCommand): Buffer {
  return Buffer.from(
    `{"id":${idLiteral},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`,
  )
}

/** Running writes again does them twice. */
function nextStep(exitCode: number, { errors: file }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof file !== 'string' || exitCode > 128 || isOutputFailure(exitCode)) return undefined
  return `send again what was refused or not sent: it is in ${file}`
}
