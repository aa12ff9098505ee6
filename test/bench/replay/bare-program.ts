import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { request } from 'undici'

// What a program costs that does the same in the obvious way, `node bare-program.mjs FILE`: one request after the other,
// each parsed, each row made text again and written.
const PAGES = 50
const PAGE_ROWS = 50

type Rows = readonly { readonly ID: string }[]

interface Answer {
  readonly result: { readonly result: Readonly<Record<string, Rows>> }
}

const webhook = process.env['BX24_WEBHOOK'] ?? ''
const output = createWriteStream(process.argv[2] ?? '')
let after = '0'
for (let isEnd = false; !isEnd;) {
  for (const rows of await pages(after)) {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    if (!output.write(text)) await once(output, 'drain')
    after = rows.at(-1)?.ID ?? after
    isEnd = rows.length < PAGE_ROWS
    if (isEnd) break
  }
}
output.end()
await once(output, 'finish')

async function pages(from: string): Promise<Rows[]> {
  const cmd = Object.fromEntries(
    Array.from({ length: PAGES }, (_, page) => {
      const bound = page === 0 ? from : `$result[p${page - 1}][${PAGE_ROWS - 1}][ID]`
      const query = new URLSearchParams({ 'order[ID]': 'ASC', 'filter[>ID]': bound, start: '-1' })
      return [`p${page}`, `crm.deal.list?${query.toString()}`]
    }),
  )
  const { body } = await request(`${webhook}batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ halt: 0, cmd }),
  })
  const { result } = JSON.parse(await body.text()) as Answer
  return Object.values(result.result)
}
