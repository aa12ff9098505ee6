import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** The version of bx24 that is measured. */
export function productVersion(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version
}

/** Where and with what is measured, as lines of Markdown. */
export function machineFacts(): string[] {
  const [cpu] = cpus()
  return [
    `Machine: ${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `Platform: ${process.platform} ${release()} ${process.arch}, Node.js ${process.versions.node}`,
    `Load of the machine when it began: ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ]
}
