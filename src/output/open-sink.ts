import type { CsvStyle } from './csv.ts'
import type { Destination } from './destination.ts'
import type { Format } from './format.ts'
import { ndjsonSink } from './ndjson.ts'
import type { OpenSink } from './sink.ts'

/** How rows become text; `style` is for tables alone. */
export interface Layout {
  readonly format: Format
  readonly style: CsvStyle
}

/** The sink for a format, on its way to a destination; what NDJSON does not need is loaded only for the others. */
export function sinkFor({ format, style }: Layout, destination: Destination): OpenSink {
  return async (columns) => {
    switch (format) {
      case 'ndjson':
        return ndjsonSink(destination)
      case 'json': {
        const { jsonSink } = await import('./json.ts')
        return jsonSink(destination)
      }
      case 'csv':
      case 'tsv': {
        const { csvSink } = await import('./csv.ts')
        return csvSink(destination, style, await columns())
      }
    }
  }
}
