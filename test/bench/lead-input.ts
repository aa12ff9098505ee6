import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Titles of which every 97th cannot be carried by a batch, so that it goes in a call of its own. */
export function leadTitles(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `Lead ${at}${at % 97 === 5 ? ' <b>' : ''}`)
}

/** Writes the input of a run that adds leads: one row on each line. Answers the name of the file. */
export function writeLeads(folder: string, titles: readonly string[]): string {
  const file = join(folder, 'leads.ndjson')
  writeFileSync(file, titles.map((TITLE) => `${JSON.stringify({ TITLE })}\n`).join(''))
  return file
}

/** Words that add them; their titles come back in the result lines. */
export function addWords(file: string): string[] {
  return ['call', 'crm.lead.add', file, '--into', 'fields', '--key', 'TITLE']
}

/** Titles in a file that `--errors` or `--unknown` wrote. */
export function titlesIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { TITLE: string }).TITLE)
}
