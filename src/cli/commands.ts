import type { Command } from 'commander'
import type { CommandSpec } from './command-spec.ts'
import type { Context } from './context.ts'

/** A command that is loaded: what help and docs say of it, and what adds it to a program. */
export interface LoadedCommand {
  readonly spec: CommandSpec
  readonly register: (program: Command, context: Context) => void
}

/** Every command by name, in the order in which help and docs show them; a run loads the one that it names. */
const COMMANDS: Readonly<Record<string, () => Promise<LoadedCommand>>> = {
  'get-all': async () => {
    const { GET_ALL, registerGetAll } = await import('./commands/get-all.ts')
    return { spec: GET_ALL, register: registerGetAll }
  },
  'get-by-id': async () => {
    const { GET_BY_ID, registerGetById } = await import('./commands/get-by-id.ts')
    return { spec: GET_BY_ID, register: registerGetById }
  },
  call: async () => {
    const [{ CALL }, { registerCall }] = await Promise.all([
      import('./call-options.ts'),
      import('./commands/call.ts'),
    ])
    return { spec: CALL, register: registerCall }
  },
  batch: async () => {
    const { BATCH, registerBatch } = await import('./commands/batch.ts')
    return { spec: BATCH, register: registerBatch }
  },
  raw: async () => {
    const { RAW, registerRaw } = await import('./commands/raw.ts')
    return { spec: RAW, register: registerRaw }
  },
  count: async () => {
    const { COUNT, registerCount } = await import('./commands/count.ts')
    return { spec: COUNT, register: registerCount }
  },
  explain: async () => {
    const { EXPLAIN, registerExplain } = await import('./commands/explain.ts')
    return { spec: EXPLAIN, register: registerExplain }
  },
  methods: async () => {
    const { METHODS, registerMethods } = await import('./commands/methods.ts')
    return { spec: METHODS, register: registerMethods }
  },
  auth: async () => {
    const { AUTH, registerAuth } = await import('./commands/auth.ts')
    return { spec: AUTH, register: registerAuth }
  },
  config: async () => {
    const { CONFIG, registerConfig } = await import('./commands/config.ts')
    return { spec: CONFIG, register: registerConfig }
  },
  doctor: async () => {
    const { DOCTOR, registerDoctor } = await import('./commands/doctor.ts')
    return { spec: DOCTOR, register: registerDoctor }
  },
  limits: async () => {
    const { LIMITS, registerLimits } = await import('./commands/limits.ts')
    return { spec: LIMITS, register: registerLimits }
  },
  sandbox: async () => {
    const { SANDBOX, registerSandbox } = await import('./commands/sandbox.ts')
    return { spec: SANDBOX, register: registerSandbox }
  },
}

export function allCommands(): Promise<LoadedCommand[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()))
}

/** The command that the first of these words names; where it names none, all of them. */
export async function commandsFor([word = '']: readonly string[]): Promise<readonly LoadedCommand[]> {
  const load = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
  return load === undefined ? allCommands() : [await load()]
}
