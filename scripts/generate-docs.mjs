// Writes docs/cli.md from the built program: `npm run docs`.
import { writeFile } from 'node:fs/promises'
import { cliReference } from '../dist/main.js'

await writeFile(new URL('../docs/cli.md', import.meta.url), await cliReference())
