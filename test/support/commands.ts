import type { BatchCommand } from '../../src/input/batch-file.ts'
import type { Params } from '../../src/protocol/types.ts'
import { runBatch, type CommandItem, type RunBatchOptions } from '../../src/operations/run-batch.ts'
import type { LoggedWrite } from '../bench/write-log.ts'
import { type PortalUnderTest, portalInProcess, type TestOptions } from './portal-in-process.ts'
import { collected, DISPATCH } from './targeted.ts'
import { inVirtualTime } from './virtual-time.ts'
import { type SeenRequest, watched } from './watched.ts'

/** A command of a test; its id is what others refer to. */
export interface TestCommand {
  readonly id: string
  readonly method: string
  readonly params: Params
}

export interface CommandsRun {
  readonly items: readonly CommandItem[]
  readonly error: unknown
  readonly writes: readonly LoggedWrite[]
  readonly requests: readonly SeenRequest[]
  readonly portal: PortalUnderTest['portal']
}

/** Runs commands on a portal of plan `standard`, in virtual time. */
export async function runCommands(
  commands: readonly TestCommand[],
  settings: Readonly<Record<string, string | readonly string[]>> = {},
  options: Partial<RunBatchOptions> = {},
  engine: TestOptions = {},
): Promise<CommandsRun> {
  const { value } = await inVirtualTime(async () => {
    const tested = portalInProcess(
      { rows: '10', plan: 'standard', ...settings },
      { plan: 'standard', ...engine },
    )
    const requests = watched(tested.portal)
    const run = runBatch(tested.caller, batchCommands(commands), {
      ...DISPATCH,
      lanes: 2,
      window: 2000,
      isIdempotent: false,
      halts: false,
      isOrdered: false,
      ...options,
    })
    return { ...(await collected(run)), writes: await tested.writes(), requests, portal: tested.portal }
  }, 100)
  return value
}

// eslint-disable-next-line @typescript-eslint/require-await -- input is read asynchronously
async function* batchCommands(commands: readonly TestCommand[]): AsyncGenerator<BatchCommand> {
  for (const [index, command] of commands.entries()) {
    yield { ...command, line: index + 1, idLiteral: JSON.stringify(command.id) }
  }
}

/** Fates by what became of commands: `done`, or the code of the error. */
export function codesOf(items: CommandsRun['items']): string[] {
  return items.map(({ fate }) =>
    fate === undefined ? 'none' : fate.outcome === 'done' ? 'done' : `${fate.outcome} ${fate.error.code}`,
  )
}
