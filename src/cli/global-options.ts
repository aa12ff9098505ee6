import { text } from '../config/values.ts'
import { TRACE_KINDS } from '../transport/trace-text.ts'
import type { Option } from './options.ts'

/** What goes with every command that talks to a portal, but belongs to one run. */
export const GLOBAL_OPTIONS = {
  profile: {
    placeholder: '<NAME>',
    description: 'the portal and the settings that are kept under this name (env: BX24_PROFILE)',
    group: 'Portal and network',
    parse: text,
  },
  quiet: {
    short: 'q',
    description: 'tell errors alone: no progress, no report, no warnings',
    group: 'Log and trace',
    parse: text,
  },
  verbose: {
    short: 'v',
    description: 'tell more: -v is --log-level info, -vv is --log-level debug',
    group: 'Log and trace',
    repeatable: true,
    parse: text,
  },
  summaryFile: {
    placeholder: '<FILE>',
    description: 'write the report to this file as well, as one JSON object',
    group: 'Log and trace',
    parse: text,
  },
  traceHttp: {
    placeholder: '[WHAT]',
    description: `show every exchange with the portal, without secrets: ${TRACE_KINDS.join(', ')} (default: headers)`,
    group: 'Log and trace',
    parse: text,
  },
  unsafeShowSecrets: {
    description: 'leave what opens the portal in messages and in the trace; nobody else may see them then',
    group: 'Log and trace',
    parse: text,
  },
  traceFile: {
    placeholder: '<FILE>',
    description: 'add the trace to this file instead of standard error',
    group: 'Log and trace',
    parse: text,
  },
} as const satisfies Readonly<Record<string, Option>>
