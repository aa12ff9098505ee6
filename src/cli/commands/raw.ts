import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { text } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import { abortable } from '../../lib/abortable.ts'
import { rawKind } from '../../operations/raw-kind.ts'
import { apiOf } from '../../protocol/api.ts'
import { isMethodName } from '../../protocol/methods/reads.ts'
import type { ApiVersion } from '../../protocol/types.ts'
import { answerHead } from '../answer-head.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { dataFile, inputFiles } from '../input-files.ts'
import { loadSettings } from '../load-settings.ts'
import { type Option, RUN_OPTIONS } from '../options.ts'
import { type OutputOptions, readOutputOptions } from '../output-options.ts'
import { runOnPortal } from '../portal-run.ts'
import { type BodyOptions, readBody } from '../request-body.ts'
import { SEND_OPTIONS } from '../send-options.ts'
import { SentCall } from '../sent-call.ts'
import { withoutReport } from '../without-report.ts'

const { api, param, paramJson, params, sandbox } = RUN_OPTIONS
const { idempotent } = SEND_OPTIONS

const OWN_OPTIONS = {
  data: {
    placeholder: '<JSON>',
    description: 'the body, sent as it is: an object or an array, from a file (@FILE) or standard input (-)',
    group: 'What to send',
    parse: text,
  },
  yes: {
    description: 'do not ask before a deletion; needed for one without a terminal',
    group: 'What to send',
    parse: text,
  },
  include: {
    short: 'i',
    description: 'show status and headers of the answer on standard error, without secrets',
    group: 'On the terminal',
    parse: text,
  },
  output: {
    short: 'o',
    placeholder: '<FILE>',
    description:
      'write the answer to a file, replaced only if it is no error and packed if its name ends in .gz; - is standard output',
    group: 'Where it goes',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>

const { data, yes, include, output } = OWN_OPTIONS

export const RAW = {
  name: 'raw',
  summary: 'Send one request and show the whole answer, both as they are',
  description:
    'The body of the answer goes to standard output byte for byte, that of an error, too; the exit code is then not 0. ' +
    'A write whose answer was lost is not sent again, since it may have been carried out.',
  argument: { name: 'METHOD', description: 'any method, such as crm.deal.get, also batch' },
  examples: [
    { does: 'one deal', command: 'bx24 raw crm.deal.get -p id=1' },
    {
      does: 'parameters by position, as some older methods have them',
      command: `bx24 raw task.commentitem.getlist --data '[11,{"ID":"desc"}]'`,
    },
    {
      does: 'a body from a file, and what comes with the answer',
      command: 'bx24 raw crm.deal.add --data @deal.json --include',
    },
    {
      does: 'what REST 3.0 of the portal has, as an OpenAPI document',
      command: 'bx24 raw rest.documentation.openapi -o openapi.json',
    },
    { does: 'see what it does without a portal', command: 'bx24 raw profile --sandbox' },
  ],
  options: { api, data, param, paramJson, params, idempotent, yes, output, include, sandbox },
  usesSettings: true,
} as const satisfies CommandSpec

export interface RawOptions extends BodyOptions {
  readonly method: string
  readonly api: ApiVersion
  readonly isIdempotent: boolean
  /** `--yes` */
  readonly isConfirmed: boolean
  /** Whether status and headers are shown. */
  readonly include: boolean
  readonly output: OutputOptions
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerRaw(program: Command, context: Context, run = runRaw): void {
  addCommand(program, RAW).action(async (method: string, _given: unknown, command: Command) => {
    await run(readOptions(method, command.optsWithGlobals()), context)
  })
}

function readOptions(method: string, flags: Readonly<Record<string, unknown>>): RawOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const file = one('output')
  const wanted = one('api')
  return {
    method,
    api: apiOf(method, wanted === undefined ? undefined : parseFlag(api.parse, 'api', wanted)),
    data: one('data'),
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    isIdempotent: flags['idempotent'] === true,
    isConfirmed: flags['yes'] === true,
    include: flags['include'] === true,
    // What an answer holds is not for its name to promise.
    output: { ...readOutputOptions({}), file, isGzipped: /\.gz$/i.test(file ?? '') },
    sandbox: one('sandbox'),
    flags,
  }
}

/** Seconds of the portal that are set aside for a call of which nothing is known. */
const EXPECTED_SECONDS = 1

/** Checks the body, asks before a deletion, sends, and writes down what came. */
export async function runRaw(options: RawOptions, context: Context): Promise<void> {
  const { method, flags } = options
  const settings = withoutReport(await loadSettings(flags, context))
  if (!isMethodName(method)) {
    throw new UsageError('method-name', `"${method}" is no method name.`, 'Names look like crm.deal.get.')
  }
  const body = await abortable(readBody(options, context), context.signal)
  const { kind, deletions } = rawKind(method, body)
  const isRepeatable = kind === 'read' || options.isIdempotent
  const call = new SentCall(method, isRepeatable)
  const fromFile = options.data === undefined ? options.params : dataFile(options.data)
  try {
    await runOnPortal(
      {
        method,
        flags,
        sandbox: options.sandbox,
        output: options.output,
        inputs: await inputFiles({ params: fromFile, paramJson: options.paramJson }, context.cwd),
        rowsWanted: 1,
        subject: 'The answer is',
        nextStep: (exitCode) => call.next(exitCode, context),
        beforeOpening: (host) =>
          confirmed(
            {
              method,
              kind,
              host,
              rows: deletions,
              isCounted: true,
              sample: [body.bytes],
              isConfirmed: options.isConfirmed,
            },
            context,
          ),
        async work({ caller, write }) {
          const answer = await caller.raw(method, body.bytes.toString(), {
            api: options.api,
            signal: context.signal,
            expectedSeconds: EXPECTED_SECONDS,
            isRepeatable,
            onDoubt: call.onDoubt,
          })
          call.answered(answer.error)
          if (options.include) context.messages.printText('head', answerHead(answer))
          await write(answer.body)
          if (needsLineEnd(answer.body, options, context)) await write(LINE_END)
          if (answer.error !== undefined) throw answer.error
        },
      },
      settings,
      context,
    )
  } catch (error: unknown) {
    throw call.noted(error)
  }
}

const LINE_END = Buffer.from('\n')

/** Whether what follows would stand behind the answer on its last line; for a program it stays as it came. */
function needsLineEnd(body: Buffer, { output }: RawOptions, { stdoutIsTerminal }: Context): boolean {
  const isOnTerminal = stdoutIsTerminal && (output.file === undefined || output.file === '-')
  return isOnTerminal && body.length > 0 && body.at(-1) !== LINE_END[0]
}
