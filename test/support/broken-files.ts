/**
 * Environment that breaks the file system under the built program before it starts: `realpath`, which every run with
 * `--output FILE` asks for before anything is sent, does `how` instead.
 */
export function brokenFiles(how: string): Record<string, string> {
  const code = `import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    fs.realpath = ${how}
    syncBuiltinESMExports()`
  return {
    BX24_WEBHOOK: 'http://127.0.0.1:9/rest/1/abcdef0123456789/',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
  }
}
