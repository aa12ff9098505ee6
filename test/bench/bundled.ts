import { fileURLToPath } from 'node:url'

/** A program of the benchmark that `run.mjs` has put beside the main one, to be started as a process of its own. */
export function bundled(name: 'replay-server' | 'bare-program'): string {
  return fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
}
