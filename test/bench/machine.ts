import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'

/** Where and with what was measured, as Markdown. */
export function machineFacts(): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const [cpu] = cpus()
  return [
    `- Machine: ${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `- Platform: ${process.platform} ${release()} ${process.arch}`,
    `- Node.js ${process.versions.node}, bx24 ${version}`,
    `- The portal: bx24's own sandbox in a process of its own, over HTTP on loopback`,
  ].join('\n')
}
