import { runBundled } from '../support/run-bundled.mjs'

await runBundled('torture', { main: 'test/torture/main.ts' })
