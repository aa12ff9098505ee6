import type { ChildProcess } from 'node:child_process'
import { endOf } from './child.ts'
import { withFolder } from './scratch.ts'

/** A million prepared rows take some seconds to be read. */
const START_BOUND_MS = 60_000
const STOP_BOUND_MS = 5_000
const LIFE_BOUND_MS = 24 * 3600_000

/** Starts a server that writes its address as its first line, hands that to `use`, and stops it whatever comes of it. */
export function withServer<T>(
  start: (home: string) => ChildProcess,
  use: (address: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (home) => {
    const child = start(home)
    const ended = endOf(child, LIFE_BOUND_MS)
    try {
      return await use(await firstLine(child.stdout, ended))
    } finally {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_BOUND_MS)
      await ended
      clearTimeout(late)
    }
  })
}

function firstLine(
  output: NodeJS.ReadableStream | null,
  ended: Promise<{ stderr: string }>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const bound = setTimeout(() => reject(new Error('the server does not start')), START_BOUND_MS)
    output?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const end = text.indexOf('\n')
      if (end < 0) return
      clearTimeout(bound)
      resolve(text.slice(0, end))
    })
    void ended.then(({ stderr }) => {
      clearTimeout(bound)
      reject(new Error(`the server ended: ${stderr}`))
    })
  })
}
