import type { Part } from './part.ts'
import type { SavedResult } from './saved-results.ts'
import { table } from './table.ts'

const HEAD = `# Benchmarks

What \`bx24\` promises about speed and memory, and what was measured of it. Written by \`npm run bench\`; not to
be edited.

The portal is the sandbox portal of \`bx24\` in a process of its own, over HTTP on the same machine, unless a section says
otherwise. Wall time is that of the whole process, its start included; processor time and memory are those of the process
that is measured.`

const HOW = `## How to measure

\`npm run bench\` measures everything and writes this page. Results are kept by part in \`test/bench/results/\`, so that one
part can be measured again without the others:

\`\`\`sh
npm run bench                             # all parts; writes this page
npm run bench -- start memory             # these parts; prints only
npm run bench -- start --write            # this part, and its section on this page
npm run bench -- --page                   # writes this page from what is kept
npm run bench -- speed --only dense       # the runs whose names have this in them
\`\`\`

Another program can be measured by the same portals, and its rows are compared with theirs. \`{webhook}\` and \`{out}\` are
put in; they are in the environment too, as \`BX24_WEBHOOK\` and \`BENCH_OUT\`, which keeps the secret out of lists of
processes. What it writes may be NDJSON, a JSON array or CSV; without \`{out}\` it is its standard output.

\`\`\`sh
npm run bench -- speed --only '10000 x 30 ms' --command 'python3 export.py {webhook} {out}'
\`\`\``

/** The page of the last results of all parts, in the order of the parts. */
export function pageOf(
  parts: readonly Pick<Part, 'name' | 'promise'>[],
  results: readonly SavedResult[],
): string {
  return [HEAD, overview(parts, results), ...results.map(sectionOf), HOW].join('\n\n')
}

function overview(parts: readonly Pick<Part, 'name' | 'promise'>[], results: readonly SavedResult[]): string {
  const rows = parts.map(({ name, promise }) => {
    const result = results.find(({ part }) => part === name)
    if (result === undefined) return [name, '-', '-', 'not measured']
    const { date, version, failures } = result
    const kept = failures.length === 0 ? 'kept' : `${failures.length} not kept`
    return [
      `[${name}](#${name})`,
      date,
      version,
      result.promise === promise ? kept : `${kept}, as promised then`,
    ]
  })
  return table(['part', 'measured', 'version', 'promises'], rows)
}

function sectionOf({ part, promise, report, failures, ...facts }: SavedResult): string {
  const { date, version, machine, seconds } = facts
  return [
    `## ${part}`,
    promise,
    report.join('\n'),
    failures.length === 0 ? 'All of it holds.' : failures.map((one) => `- FAILED ${one}`).join('\n'),
    `Measured on ${date} in ${seconds} s, version ${version}:`,
    machine.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n')
}

/** What stands on the terminal of a part that has just been measured. */
export function printed({ part, promise, report, seconds }: SavedResult): string {
  return `## ${part}\n\n${promise}\n\n${report.join('\n')}\n\nMeasured in ${seconds} s.`
}
