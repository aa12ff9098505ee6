import type { Command } from 'commander'
import { parseFlag } from '../../config/settings.ts'
import { text } from '../../config/values.ts'
import { UsageError } from '../../errors.ts'
import { checkRequest, type ExtractRequest } from '../../operations/extract.ts'
import { noticesOf } from '../../operations/notices.ts'
import type { CheckedQuery, UserParameters } from '../../operations/list-query.ts'
import type { WrittenShape } from '../../operations/shape-options.ts'
import { abortable } from '../../lib/abortable.ts'
import { apiOf } from '../../protocol/api.ts'
import { isWalkedById } from '../../protocol/methods/walked-by-id.ts'
import type { ApiVersion } from '../../protocol/types.ts'
import { addCommand, type CommandSpec } from '../command-spec.ts'
import type { Context } from '../context.ts'
import { deadlineAfter } from '../deadline.ts'
import { ExportEnd } from '../export-end.ts'
import { inputFiles } from '../input-files.ts'
import { ID_OPTIONS } from '../id-options.ts'
import { loadSettings } from '../load-settings.ts'
import { type Option, RUN_OPTIONS } from '../options.ts'
import { withOutputDefaults } from '../output-defaults.ts'
import { OUTPUT_OPTIONS, type OutputOptions, readOutputOptions } from '../output-options.ts'
import { readParameters } from '../parameters.ts'
import { runOnPortal } from '../portal-run.ts'
import type { Proof } from '../proof.ts'
import { PROOF_OPTIONS, readProofWish, type ProofWish } from '../proof-options.ts'
import type { ResumePlan } from '../resume.ts'
import { refuseUnfitResume, RESUME_OPTIONS, type ResumeFlags } from '../resume-options.ts'

const { api, param, paramJson, params, where, select, limit, afterId, maxDuration, sandbox } = RUN_OPTIONS
const { rowsAt, rowId, paging, noLint } = RUN_OPTIONS

const IDS: Option<string> = {
  placeholder: '<FILE>',
  description:
    'only rows with these ids, in their order: a file with one a line or rows, or - for standard input',
  group: 'What to get',
  parse: text,
}

export const GET_ALL = {
  name: 'get-all',
  summary: 'Write all rows of a list method, as NDJSON, CSV, TSV or JSON',
  description:
    'Rows come in ascending order of their ids, as the portal sent them. ' +
    'The exit code is 0 only if it was shown that no row is missing.',
  argument: { name: 'METHOD', description: 'a list method, such as crm.deal.list' },
  examples: [
    { does: 'all deals into a file', command: 'bx24 get-all crm.deal.list -o deals.ndjson' },
    { does: 'try it without a portal', command: 'bx24 get-all crm.deal.list --sandbox=rows=120' },
    { does: 'for a spreadsheet', command: 'bx24 get-all crm.deal.list -o deals.csv --excel' },
    {
      does: 'some fields of some deals, to another program',
      command: "bx24 get-all crm.deal.list --where 'STAGE_ID = WON' --select ID,TITLE | jq .TITLE",
    },
    { does: 'the items of a smart process', command: 'bx24 get-all crm.item.list -p entityTypeId=128' },
  ],
  options: {
    api,
    param,
    paramJson,
    params,
    where,
    select,
    noLint,
    limit,
    afterId,
    ids: IDS,
    idsFrom: ID_OPTIONS.idsFrom,
    rowsAt,
    rowId,
    paging,
    ...OUTPUT_OPTIONS,
    ...PROOF_OPTIONS,
    ...RESUME_OPTIONS,
    maxDuration,
    sandbox,
  },
  usesSettings: true,
} as const satisfies CommandSpec

export interface GetAllOptions extends ResumeFlags {
  readonly method: string
  readonly api: ApiVersion
  readonly param: readonly string[]
  readonly paramJson: readonly string[]
  readonly params: string | undefined
  readonly where: readonly string[]
  readonly select: string | undefined
  /** `--rows-at`, `--row-id`, `--paging`. */
  readonly shape: WrittenShape
  readonly limit: number | undefined
  readonly afterId: number | undefined
  /** In milliseconds. */
  readonly maxDuration: number | undefined
  /** A file with ids, or `-`; `undefined`: all rows. */
  readonly ids: string | undefined
  readonly idsFrom: string | undefined
  readonly output: OutputOptions
  readonly proof: ProofWish
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  /** What stood on the command line, for the settings. */
  readonly flags: Readonly<Record<string, unknown>>
}

export function registerGetAll(program: Command, context: Context, run = runGetAll): void {
  addCommand(program, GET_ALL).action(async (method: string, _given: unknown, command: Command) => {
    const flags: Record<string, unknown> = command.optsWithGlobals()
    await run(readOptions(method, { ...flags, inputFile: flags['ids'] }), context)
  })
}

function readOptions(method: string, flags: Readonly<Record<string, unknown>>): GetAllOptions {
  const one = (key: string): string | undefined => flags[key] as string | undefined
  const several = (key: string): string[] => (flags[key] as string[] | undefined) ?? []
  const parsed = <T>(key: string, { parse }: Option<T>): T | undefined => {
    const text = one(key)
    return text === undefined ? undefined : parseFlag(parse, key, text)
  }
  return {
    method,
    api: apiOf(method, parsed('api', api)),
    param: several('param'),
    paramJson: several('paramJson'),
    params: one('params'),
    where: several('where'),
    select: one('select'),
    shape: { rowsAt: one('rowsAt'), rowId: one('rowId'), paging: one('paging') },
    limit: parsed('limit', limit),
    afterId: parsed('afterId', afterId),
    maxDuration: parsed('maxDuration', maxDuration),
    resume: flags['resume'] === true,
    restart: flags['restart'] === true,
    ids: one('ids'),
    idsFrom: one('idsFrom'),
    output: readOutputOptions(flags),
    proof: readProofWish(flags),
    sandbox: one('sandbox'),
    flags,
  }
}

/** Checks everything that can be checked without the portal, opens what is needed, and fetches. */
export async function runGetAll(options: GetAllOptions, context: Context): Promise<void> {
  const { ids, idsFrom, output, resume, maxDuration } = options
  if (ids === undefined && idsFrom !== undefined) {
    throw new UsageError(
      'ids-from',
      '--ids-from says where ids are in the file of --ids, and there is no --ids.',
    )
  }
  refuseUnfitResume(options)
  const isLost = !resume && ids === undefined && output.file !== undefined && output.file !== '-'
  const hint = isLost
    ? 'With --resume a later run goes on from there, if the list is walked by id.'
    : undefined
  const deadline = deadlineAfter(maxDuration, context.signal, hint)
  try {
    await getAll(options, deadline.signal, context)
  } finally {
    deadline.stop()
  }
}

async function getAll(given: GetAllOptions, signal: AbortSignal, context: Context): Promise<void> {
  const settings = await loadSettings(given.flags, context)
  const options = { ...given, output: readOutputOptions(withOutputDefaults(given.flags, settings.portal)) }
  const named = await abortable(readParameters(options, context), signal)
  const isUnchecked = given.flags['lint'] === false
  const parameters = { ...named, isUnchecked, shape: await readShape(options.shape) }
  const { method, api, limit, afterId, output, flags, sandbox } = options
  const { flatten } = output.style
  const { batchSize, concurrency } = settings.values
  const request = { method, api, parameters, limit, afterId, batchSize, concurrency, flatten }
  const inputs = await inputFiles(options, context.cwd)
  const run = { method, flags, sandbox, output, inputs, lanes: concurrency, canSelect: true, signal }
  if (options.ids !== undefined) {
    const { ids } = options
    const { getAllByIds } = await import('../get-all-by-ids.ts')
    const { query } = checkRequest(request)
    await proven(options, query, signal, context, (proof) =>
      getAllByIds(ids, { ...options, request, run, kept: proof }, settings, context),
    )
    return
  }
  const { query, select, warnings } = checkRequest(request)
  for (const notice of [...warnings, ...noticesOf(query.method)]) context.messages.warn(`${notice}.`)
  const resume = options.resume ? await planResume(request, options) : undefined
  const end = new ExportEnd({
    argv: context.argv,
    output,
    limit,
    select,
    isById: isWalkedById(query.method),
    isResumable: options.resume,
  })
  await proven(options, query, signal, context, (proof) =>
    runOnPortal(
      {
        ...run,
        rowsWanted: limit ?? Infinity,
        gathersRows: true,
        resume,
        nextStep: (exitCode, errorCode) => end.nextStep(exitCode, errorCode),
        onWhole: (resumed) => proof?.audit.begin(query, resumed),
        async work({ caller: engine, host, userId, onEvent, openSink, recorder }) {
          const { extract } = await import('../../operations/extract.ts')
          const caller = proof?.watched(engine, host, userId) ?? engine
          end.begin(recorder?.resumed)
          await extract(caller, request, openSink, {
            signal,
            onEvent: end.watching(onEvent),
            recorder,
            audit: proof?.audit,
            onRead: () => proof?.verify(caller) ?? Promise.resolve(),
          })
        },
      },
      settings,
      context,
    ),
  )
}

/** Loaded here: hardly a run says how its list is read. */
async function readShape(shape: WrittenShape): Promise<UserParameters['shape']> {
  if (Object.values(shape).every((one) => one === undefined)) return undefined
  const options = await import('../../operations/shape-options.ts')
  return options.readShape(shape)
}

/** Runs `work` with what keeps its proof, if any was asked for. */
async function proven(
  { method, limit, output, proof: wish }: GetAllOptions,
  query: CheckedQuery['query'],
  signal: AbortSignal,
  context: Context,
  work: (proof: Proof | undefined) => Promise<void>,
): Promise<void> {
  if (!wish.isVerified && wish.manifest === undefined) return work(undefined)
  const { Proof } = await import('../proof.ts')
  const { params, range } = query
  const facts = { method, parameters: params, range, limit, format: output.format, output: output.file }
  const proof = new Proof(wish, query.method, facts, { ...context, signal })
  try {
    await work(proof)
  } catch (error: unknown) {
    await proof.end(error).catch((other: unknown) => {
      context.messages.warn((other as Error).message)
    })
    throw error
  }
  await proof.end(undefined)
}

/** Loaded here: a run that nobody goes on with does without. */
async function planResume(
  request: ExtractRequest,
  { output, sandbox, restart }: GetAllOptions,
): Promise<ResumePlan> {
  const { resumePlan } = await import('../resume.ts')
  return resumePlan(request, { isRestart: restart, output, sandbox })
}
