import type { CsvStyle } from './csv.ts'
import type { Destination } from './destination.ts'
import type { Format } from './format.ts'
import { ndjsonSink } from './ndjson.ts'
import type { Mark } from './recorder.ts'
import type { OpenSink } from './sink.ts'

/** How rows become text; `style` is for tables alone. */
export interface Layout {
  readonly format: Format
  readonly style: CsvStyle
}

/**
 * The sink for a format, on its way to a destination; what NDJSON does not need is loaded only for the others. `begun` is
 * what the destination holds already, if the rows are to go on with that.
 */
export function sinkFor({ format, style }: Layout, destination: Destination, begun?: Mark): OpenSink {
  return async (columns) => {
    switch (format) {
      case 'ndjson':
        return ndjsonSink(destination)
      case 'json': {
        const { jsonSink } = await import('./json.ts')
        return jsonSink(destination, begun === undefined || begun.rows === 0)
      }
      case 'csv':
      case 'tsv': {
        const { csvSink } = await import('./csv.ts')
        return csvSink(destination, style, columns, begun?.columns)
      }
    }
  }
}
