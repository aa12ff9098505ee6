import { type Writable } from 'node:stream'
import { chooseProgress, hasColor, type TerminalFacts } from './choose.ts'
import { type Reporter, silentReporter } from './reporter.ts'
import { noLiveLine, terminalReporter } from './terminal-reporter.ts'

export interface ReporterOptions extends TerminalFacts {
  readonly progress: 'auto' | 'none'
  readonly stderr: Writable
  readonly now: () => number
}

/** The reporter that suits the terminal, or the silent one. */
export async function openReporter(options: ReporterOptions): Promise<Reporter> {
  const { stderr, now } = options
  const kind = chooseProgress(options.progress, options)
  if (kind === 'silent') return silentReporter
  if (kind === 'line') return terminalReporter({ stderr, now, line: noLiveLine })
  const { spinnerLine } = await import('./spinner.ts')
  return terminalReporter({ stderr, now, line: await spinnerLine(stderr, hasColor(options)) })
}
