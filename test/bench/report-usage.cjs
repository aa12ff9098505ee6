'use strict'
// Loaded before the program that is measured; writes down at its end what it has used.
const { readFileSync, writeFileSync } = require('node:fs')

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeFileSync(
    process.env.BENCH_USAGE_FILE,
    JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakKb: peakKb() ?? maxRSS }),
  )
})

/** On Linux maxRSS counts what the parent had at the fork, and only the process itself can tell its own peak. */
function peakKb() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return undefined
  }
}
