import { runBundled } from '../support/run-bundled.mjs'

await runBundled('bench', {
  main: 'test/bench/main.ts',
  'replay-server': 'test/bench/replay/serve.ts',
  'bare-program': 'test/bench/replay/bare-program.ts',
})
