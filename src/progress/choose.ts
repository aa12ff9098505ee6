export interface TerminalFacts {
  /** Whether the rows themselves run over a terminal. */
  readonly rowsOnTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Width of the terminal behind stderr; some say 0, which a redrawn line cannot be measured by. */
  readonly stderrColumns: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

export const PROGRESS_WISHES = ['auto', 'bar', 'plain', 'json', 'none'] as const
export type ProgressWish = (typeof PROGRESS_WISHES)[number]

/** `bar`: a line that is redrawn; `plain` and `json`: a line now and then; `none`: nothing. */
export type ProgressKind = Exclude<ProgressWish, 'auto'>

export interface ProgressChoice extends TerminalFacts {
  readonly wish: ProgressWish
  /** Errors only: then nothing is shown but what programs read and was asked for. */
  readonly isQuiet: boolean
  /** Whether every line on stderr must be a JSON object. */
  readonly isJsonOnly: boolean
}

/**
 * How a run is shown. By itself only where a line can be redrawn: off a terminal a run that succeeds says nothing, as
 * cron wants it, and rows that run over a terminal are progress enough. A bar that cannot be drawn becomes lines.
 */
export function chooseProgress({ wish, isQuiet, isJsonOnly, ...facts }: ProgressChoice): ProgressKind {
  if (wish === 'json' || wish === 'none') return wish
  if (isQuiet) return 'none'
  if (wish === 'auto') {
    return !isJsonOnly && canRedraw(facts) && !isSet(facts.environment['CI']) ? 'bar' : 'none'
  }
  if (isJsonOnly) return 'json'
  return wish === 'bar' && !canRedraw(facts) ? 'plain' : wish
}

function canRedraw({ stderrIsTerminal, rowsOnTerminal, stderrColumns, environment }: TerminalFacts): boolean {
  return stderrIsTerminal && !rowsOnTerminal && stderrColumns > 0 && environment['TERM'] !== 'dumb'
}

/** Whether colour is welcome. https://no-color.org */
export function hasColor({ environment }: TerminalFacts): boolean {
  return !isSet(environment['NO_COLOR'])
}

/** Whether the terminal is known to show more than ASCII. */
export function hasUnicode({ environment }: TerminalFacts): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment
  return /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find(isSet) ?? '')
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
