// Writes docs/cli.md and config-schema.json from the built program: `npm run docs`.
import { writeFile } from 'node:fs/promises'
import { loadProgram } from '../bin/load-program.cjs'

const program = loadProgram()

await writeFile(new URL('../docs/cli.md', import.meta.url), await program.cliReference())
await writeFile(new URL('../config-schema.json', import.meta.url), await program.configSchema())
