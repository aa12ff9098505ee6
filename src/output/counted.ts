import type { Destination } from './destination.ts'

/** The same destination, telling how many bytes of text it takes (before they are packed, if they are). */
export function counted(destination: Destination, onBytes: (bytes: number) => void): Destination {
  return {
    get head() {
      return destination.head
    },
    async write(chunk) {
      await destination.write(chunk)
      onBytes(chunk.length)
    },
    commit: () => destination.commit(),
    abandon: () => destination.abandon(),
  }
}
