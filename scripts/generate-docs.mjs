// Writes docs/cli.md and config-schema.json from the built program: `npm run docs`.
import { writeFile } from 'node:fs/promises'
import { cliReference, configSchema } from '../dist/main.js'

await writeFile(new URL('../docs/cli.md', import.meta.url), await cliReference())
await writeFile(new URL('../config-schema.json', import.meta.url), await configSchema())
