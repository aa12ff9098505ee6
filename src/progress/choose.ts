export interface TerminalFacts {
  /** Whether the rows themselves run over a terminal. */
  readonly rowsOnTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Width of the terminal behind stderr; some say 0, which a redrawn line cannot be measured by. */
  readonly stderrColumns: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `spinner`: a line that is redrawn, then the last line; `line`: the last line alone; `silent`: nothing. */
export type ProgressKind = 'spinner' | 'line' | 'silent'

/**
 * How a run is shown. Off a terminal a run that succeeds says nothing, as cron wants it; rows that run over a terminal
 * are progress enough and must not be mixed with a spinner.
 */
export function chooseProgress(wish: 'auto' | 'none', facts: TerminalFacts): ProgressKind {
  if (wish === 'none' || !facts.stderrIsTerminal) return 'silent'
  const { TERM, CI } = facts.environment
  const cannotRedraw = TERM === 'dumb' || isSet(CI) || facts.stderrColumns === 0
  return facts.rowsOnTerminal || cannotRedraw ? 'line' : 'spinner'
}

/** Whether colour is welcome. https://no-color.org */
export function hasColor({ environment }: TerminalFacts): boolean {
  return !isSet(environment['NO_COLOR'])
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
